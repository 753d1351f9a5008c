// SPDX-License-Identifier: GPL-3.0-or-later
// Operators that networks of today use and this libtorch does not know: defined by others, so that archives load and
// shapes are found. The importer has rules for them; what is computed here is for constants only.
#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::torchscript {
namespace {

at::Tensor attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const c10::optional<at::Tensor>& mask,
                     double, bool causal, c10::optional<double> scale, bool grouped) {
    at::Tensor k = key, v = value;
    if (grouped && key.dim() >= 3 && key.size(-3) > 0) {
        k = k.repeat_interleave(query.size(-3) / key.size(-3), -3);
        v = v.repeat_interleave(query.size(-3) / value.size(-3), -3);
    }
    at::Tensor scores = at::matmul(query, k.transpose(-2, -1)) * scale.value_or(1.0 / std::sqrt(static_cast<double>(query.size(-1))));
    if (causal) {
        const at::Tensor seen = at::ones({scores.size(-2), scores.size(-1)}, scores.options().dtype(at::kBool)).tril();
        scores = scores.masked_fill(seen.logical_not(), -std::numeric_limits<double>::infinity());
    }
    if (mask && mask->defined())
        scores = mask->scalar_type() == at::kBool ? scores.masked_fill(mask->logical_not(), -std::numeric_limits<double>::infinity()) : scores + *mask;
    return at::matmul(scores.softmax(-1), v);
}

at::Tensor rmsNorm(const at::Tensor& input, at::IntArrayRef shape, const c10::optional<at::Tensor>& weight, c10::optional<double> eps) {
    std::vector<int64_t> axes;
    for (size_t i = 0; i < shape.size(); ++i)
        axes.push_back(-1 - static_cast<int64_t>(i));
    const at::Tensor normed = input * at::rsqrt(input.square().mean(axes, true) + eps.value_or(1.1920929e-07));
    return weight && weight->defined() ? normed * *weight : normed;
}

at::Tensor squeezed(const at::Tensor& input, at::IntArrayRef dims) {
    std::vector<int64_t> shape;
    for (int64_t d = 0; d < input.dim(); ++d)
        if (input.size(d) != 1 || std::none_of(dims.begin(), dims.end(), [&](int64_t given) { return given == d || given + input.dim() == d; }))
            shape.push_back(input.size(d));
    return input.reshape(shape);
}

at::Tensor overAxes(at::Tensor input, c10::optional<at::IntArrayRef> dims, bool keep, bool all) {
    std::vector<int64_t> axes;
    for (int64_t d = 0; d < input.dim(); ++d)
        if (!dims || std::any_of(dims->begin(), dims->end(), [&](int64_t given) { return given == d || given + input.dim() == d; })) axes.push_back(d);
    for (size_t i = axes.size(); i-- > 0;)
        input = all ? input.all(axes[i], keep) : input.any(axes[i], keep);
    return input;
}

at::Tensor anyOf(const at::Tensor& input, c10::optional<at::IntArrayRef> dims, bool keep) { return overAxes(input, dims, keep, false); }
at::Tensor allOf(const at::Tensor& input, c10::optional<at::IntArrayRef> dims, bool keep) { return overAxes(input, dims, keep, true); }

/// A branch of torchvision's and torch.nn.functional's own code that networks carry and do not take.
at::Tensor lanczos(const at::Tensor&, c10::optional<at::IntArrayRef>, bool, c10::optional<at::ArrayRef<double>>) {
    TORCH_CHECK(false, "Lanczos resampling is not computed here");
}

} // namespace
} // namespace wb::torchscript

TORCH_LIBRARY_FRAGMENT(aten, m) {
    const auto isNew = [](const char* name) { return !c10::Dispatcher::singleton().findSchema({name, ""}); };
    if (isNew("aten::scaled_dot_product_attention"))
        m.def("scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, "
              "bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor",
              &wb::torchscript::attention);
    if (!c10::Dispatcher::singleton().findSchema({"aten::_upsample_lanczos2d_aa", "vec"}))
        m.def("_upsample_lanczos2d_aa.vec(Tensor input, int[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor", &wb::torchscript::lanczos);
    const auto isNewForm = [](const char* name, const char* form) { return !c10::Dispatcher::singleton().findSchema({name, form}); };
    if (isNewForm("aten::squeeze", "dims")) m.def("squeeze.dims(Tensor self, int[] dim) -> Tensor", &wb::torchscript::squeezed);
    if (isNewForm("aten::any", "dims")) m.def("any.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor", &wb::torchscript::anyOf);
    if (isNewForm("aten::all", "dims")) m.def("all.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor", &wb::torchscript::allOf);
    if (isNew("aten::rms_norm"))
        m.def("rms_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor", &wb::torchscript::rmsNorm);
}
