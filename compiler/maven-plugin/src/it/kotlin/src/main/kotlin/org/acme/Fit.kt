package org.acme

import org.mdlc.runtime.Verbosity
import org.mdlc.runtime.data.ArrayDataset
import org.mdlc.runtime.data.HostTensor

/** The loss of a line after it has been fitted to two points. */
fun lossOfLine(): Double {
    val points = ArrayDataset.of(
        mapOf(
            "x" to HostTensor.of(arrayOf(floatArrayOf(0f), floatArrayOf(1f))),
            "y" to HostTensor.of(arrayOf(floatArrayOf(1f), floatArrayOf(3f))),
        )
    )
    return Line.create().use { line ->
        line.fit(points, line.defaults().verbose(Verbosity.SILENT))
        line.evaluate(points).require("loss")
    }
}
