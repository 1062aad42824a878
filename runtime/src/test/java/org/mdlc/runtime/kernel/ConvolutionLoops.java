package org.mdlc.runtime.kernel;

/**
 * Convolution and its gradients as loops in double over Keras's layouts: what {@link
 * DnnConvolution} must compute.
 */
final class ConvolutionLoops {
  private final SpatialLoops loops;
  private final int channels;
  private final int filters;
  private final int groups;

  ConvolutionLoops(Layout x, Window window, long filters, long groups) {
    loops = new SpatialLoops(x, window);
    channels = (int) x.size(x.rank() - 1);
    this.filters = (int) filters;
    this.groups = (int) groups;
  }

  int xCount() {
    return loops.inputs() * channels;
  }

  int yCount() {
    return loops.outputs() * filters;
  }

  int kernelCount() {
    return loops.windowElements() * (channels / groups) * filters;
  }

  double[] forward(float[] x, float[] kernel) {
    double[] y = new double[yCount()];
    forEachProduct((xAt, kernelAt, yAt) -> y[yAt] += (double) x[xAt] * kernel[kernelAt]);
    return y;
  }

  double[] backwardData(float[] dy, float[] kernel) {
    double[] dx = new double[xCount()];
    forEachProduct((xAt, kernelAt, yAt) -> dx[xAt] += (double) dy[yAt] * kernel[kernelAt]);
    return dx;
  }

  double[] backwardWeights(float[] x, float[] dy) {
    double[] dkernel = new double[kernelCount()];
    forEachProduct((xAt, kernelAt, yAt) -> dkernel[kernelAt] += (double) dy[yAt] * x[xAt]);
    return dkernel;
  }

  private interface Product {
    void at(int x, int kernel, int y);
  }

  private void forEachProduct(Product product) {
    int channelsOfGroup = channels / groups;
    int filtersOfGroup = filters / groups;
    loops.forEach(
        (input, element, output) -> {
          for (int filter = 0; filter < filters; filter++) {
            int firstChannel = filter / filtersOfGroup * channelsOfGroup;
            for (int channel = 0; channel < channelsOfGroup; channel++) {
              product.at(
                  input * channels + firstChannel + channel,
                  (element * channelsOfGroup + channel) * filters + filter,
                  output * filters + filter);
            }
          }
        });
  }
}
