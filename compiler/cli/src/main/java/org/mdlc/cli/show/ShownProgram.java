package org.mdlc.cli.show;

import java.util.Optional;
import org.mdlc.compiler.report.Machine;
import org.mdlc.compiler.report.ProgramReport;

/**
 * A program as it is to be shown.
 *
 * @param machine what the least times are worked out for; without it there are none
 * @param timing how long the steps take, if that was measured
 */
public record ShownProgram(
    ProgramReport report, Optional<Machine> machine, Optional<Timing> timing) {}
