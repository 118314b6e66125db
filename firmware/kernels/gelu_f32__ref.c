#include "unary.h"

#include "functions_f32.h"
#include "sigmoid_f32.h"

static float exact(float x)
{
    return 0.5f * x * (1.0f + erf_of(x * 0.70710678f));
}

/* Hendrycks and Gimpel, "Gaussian Error Linear Units" (arXiv 1606.08415), section 2. */
static float approximate(float x)
{
    return 0.5f * x * (1.0f + tanh_of(0.79788456f * (x + 0.044715f * x * x * x)));
}

void gelu_f32(const struct gelu_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = p->approximate ? approximate(in[i]) : exact(in[i]);
}
