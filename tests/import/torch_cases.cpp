// SPDX-License-Identifier: GPL-3.0-or-later
// Writes small TorchScript archives with inputs and libtorch's own results, for tst_import_torchscript:
//   torch_cases FOLDER  makes FOLDER/all.pt and FOLDER/all.npz (in0 …, out0 …), one network with all operators (libtorch
//                       takes a second to start), FOLDER/cases.txt (their names and numbers of outputs), and some alone
// A program of its own, since only it and the importer's plug-in know libtorch.
#include "compiler/base/npz.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <cstdio>
#include <fstream>

namespace {

using Shape = std::vector<int64_t>;

struct Case {
    const char* name;
    std::vector<Shape> inputs;
    std::vector<std::pair<const char*, Shape>> parameters;
    const char* source;
    double low = -1, high = 1; ///< of the inputs
};

const Shape kPicture{1, 6, 13, 11};

/// Bodies of forward; `x`, `y` are the inputs.
const std::vector<Case>& cases() {
    static const std::vector<Case> list{
        {"conv2d", {kPicture}, {{"w", {8, 6, 3, 3}}, {"b", {8}}}, "torch.conv2d(x, self.w, self.b, [2, 1], [1, 2], [1, 1], 1)"},
        {"conv2d_group_dilated", {kPicture}, {{"w", {6, 2, 3, 3}}}, "torch.conv2d(x, self.w, None, [1, 1], [2, 2], [2, 2], 3)"},
        {"conv2d_same", {kPicture}, {{"w", {4, 6, 4, 3}}}, "torch.conv2d(x, self.w, None, [1, 1], 'same', [1, 1], 1)"},
        {"conv1d", {{1, 6, 20}}, {{"w", {4, 6, 3}}, {"b", {4}}}, "torch.conv1d(x, self.w, self.b, [2], [1], [1], 1)"},
        {"convolution", {kPicture}, {{"w", {4, 6, 3, 3}}}, "torch._convolution(x, self.w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, False, True, True)"},
        {"conv_transpose2d", {kPicture}, {{"w", {6, 4, 4, 4}}, {"b", {4}}}, "torch.conv_transpose2d(x, self.w, self.b, [2, 2], [1, 1], [0, 0], 1, [1, 1])"},
        {"batch_norm", {kPicture}, {{"g", {6}}, {"b", {6}}, {"m", {6}}, {"v", {6}}}, "torch.batch_norm(x, self.g, self.b, self.m, self.v.abs(), False, 0.1, 1e-3, False)"},
        {"batch_norm_plain", {kPicture}, {{"m", {6}}, {"v", {6}}}, "torch.batch_norm(x, None, None, self.m, self.v.abs() + 0.5, False, 0.1, 1e-5, False)"},
        {"layer_norm", {{2, 5, 8}}, {{"g", {8}}, {"b", {8}}}, "torch.layer_norm(x, [8], self.g, self.b, 1e-5, False)"},
        {"layer_norm_plain", {{2, 5, 8}}, {}, "torch.layer_norm(x, [5, 8], None, None, 1e-5, False)"},
        {"group_norm", {kPicture}, {{"g", {6}}, {"b", {6}}}, "torch.group_norm(x, 3, self.g, self.b, 1e-5, False)"},
        {"instance_norm", {kPicture}, {{"g", {6}}}, "torch.instance_norm(x, self.g, None, None, None, True, 0.1, 1e-5, False)"},
        {"relu", {kPicture}, {}, "torch.relu(x)"},
        {"relu_in_place", {kPicture}, {}, "torch.relu_(x * 2) + 1"},
        {"relu6", {kPicture}, {}, "torch.relu6(x)", -9, 9},
        {"hardtanh", {kPicture}, {}, "torch.hardtanh(x, -0.5, 0.25)"},
        {"leaky_relu", {kPicture}, {}, "torch.leaky_relu(x, 0.1)"},
        {"silu", {kPicture}, {}, "torch.silu(x)", -6, 6},
        {"sigmoid", {kPicture}, {}, "torch.sigmoid(x)", -6, 6},
        {"tanh", {kPicture}, {}, "torch.tanh(x)"},
        {"hardswish", {kPicture}, {}, "torch.hardswish(x)", -6, 6},
        {"hardsigmoid", {kPicture}, {}, "torch.hardsigmoid(x)", -6, 6},
        {"gelu", {kPicture}, {}, "torch.gelu(x)", -4, 4},
        {"gelu_tanh", {kPicture}, {}, "torch.gelu(x, approximate='tanh')", -4, 4},
        {"elu", {kPicture}, {}, "torch.elu(x, 0.7)", -4, 4},
        {"selu", {kPicture}, {}, "torch.selu(x)", -4, 4},
        {"mish", {kPicture}, {}, "torch.mish(x)", -4, 4},
        {"prelu", {kPicture}, {{"w", {6}}}, "torch.prelu(x, self.w)"},
        {"prelu_one", {kPicture}, {{"w", {1}}}, "torch.prelu(x, self.w)"},
        {"softplus", {kPicture}, {}, "torch.softplus(x)", -4, 4},
        {"softplus_beta", {kPicture}, {}, "torch.softplus(x, 2, 20)", -4, 4},
        {"clamp", {kPicture}, {}, "torch.clamp(x, -0.25, 0.5)"},
        {"clamp_min", {kPicture}, {}, "torch.clamp(x, min=-0.25) + torch.clamp_max(x, 0.125)"},
        {"log_sigmoid", {kPicture}, {}, "torch.log_sigmoid(x)", -4, 4},
        {"functions", {kPicture}, {}, "torch.exp(x) + torch.log(x) * torch.sqrt(x) - torch.abs(x - 1) + torch.floor(x) + torch.ceil(x) + torch.erf(x) + torch.sin(x) * torch.cos(x) + torch.rsqrt(x) + torch.reciprocal(x) + torch.log2(x) + torch.square(x) - torch.neg(x)", 0.25, 4},
        {"add", {kPicture, kPicture}, {}, "torch.add(x, y, alpha=0.5) + 2"},
        {"add_weight", {kPicture}, {{"w", {6, 1, 1}}}, "torch.add(self.w, x, alpha=2) + torch.add(x, self.w)"},
        {"sub", {kPicture, kPicture}, {}, "torch.sub(x, y, alpha=2) - 0.5"},
        {"rsub", {kPicture, kPicture}, {}, "torch.rsub(x, 1.0) * torch.rsub(x, y, alpha=3) + (2 - x)"},
        {"mul", {kPicture, {1, 6, 1, 1}}, {}, "x * y * 0.5"},
        {"div", {kPicture, kPicture}, {{"w", {6, 1, 1}}}, "x / y / 3 + 1 / y + x / (self.w + 2)", 0.5, 2},
        {"div_floor", {kPicture}, {}, "torch.floor_divide(x, 0.3) + torch.div(x, 0.7, rounding_mode='floor')", 0.31, 0.55},
        {"pow", {kPicture}, {}, "torch.pow(x, 2) + torch.pow(x, 3) + torch.pow(x, 0.5) + torch.pow(2.0, x)", 0.25, 2},
        {"maximum", {kPicture, kPicture}, {}, "torch.maximum(x, y) - torch.minimum(x, y) + torch.max(x, y) * torch.min(x, y)"},
        {"compare", {kPicture, kPicture}, {}, "torch.where(x > y, x, y * 2) + torch.where(x < 0.0, x, y).masked_fill(x >= 0.5, -3.0)"},
        {"cat", {kPicture, {1, 2, 13, 11}}, {}, "torch.cat([x, y, x], 1)"},
        {"stack", {kPicture, kPicture}, {}, "torch.stack([x, y, x], -1)"},
        {"split", {kPicture}, {}, "torch.cat([a * 2.0 for a in torch.split(x, 4, 1)], 1)"},
        {"split_sizes", {kPicture}, {}, "BODY:    a, b, c = torch.split(x, [1, 2, 3], 1)\n    return torch.cat([c, b * 2, a], 1)"},
        {"chunk", {kPicture}, {}, "BODY:    a, b = torch.chunk(x, 2, 1)\n    return a * b"},
        {"unbind", {{3, 4, 5}}, {}, "BODY:    a, b, c = torch.unbind(x, 0)\n    return a * b - c"},
        {"max_pool2d", {kPicture}, {}, "torch.max_pool2d(x, [3, 2], [2, 2], [1, 0], [1, 1], False)"},
        {"max_pool2d_ceil", {kPicture}, {}, "torch.max_pool2d(x, [3, 3], [2, 2], [0, 0], [1, 1], True)"},
        {"max_pool2d_default", {kPicture}, {}, "torch.max_pool2d(x, 2)"},
        {"avg_pool2d", {kPicture}, {}, "torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], False, True)"},
        {"avg_pool2d_outside", {kPicture}, {}, "torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], False, False)"},
        {"adaptive_avg_pool2d", {kPicture}, {}, "torch.adaptive_avg_pool2d(x, [1, 1])"},
        {"adaptive_avg_pool2d_parts", {{1, 6, 12, 8}}, {}, "torch.adaptive_avg_pool2d(x, [3, 4])"},
        {"adaptive_avg_pool2d_uneven", {kPicture}, {}, "torch.adaptive_avg_pool2d(x, [5, 4])"},
        {"upsample_nearest", {kPicture}, {}, "torch.upsample_nearest2d(x, [26, 22])"},
        {"upsample_nearest_uneven", {kPicture}, {}, "torch.upsample_nearest2d(x, [17, 30])"},
        {"upsample_bilinear", {kPicture}, {}, "torch.upsample_bilinear2d(x, [26, 22], False)"},
        {"upsample_bilinear_corners", {kPicture}, {}, "torch.upsample_bilinear2d(x, [20, 33], True)"},
        {"upsample_factor", {kPicture}, {}, "torch.upsample_bilinear2d(x, None, False, [1.5, 1.3])"},
        {"view", {kPicture}, {}, "x.view(x.size(0), 2, 3, -1).reshape([-1, 143]).flatten()"},
        {"flatten", {kPicture}, {}, "torch.flatten(x, 2, -1)"},
        {"permute", {kPicture}, {}, "x.permute(0, 2, 3, 1).contiguous()"},
        {"transpose", {kPicture}, {}, "x.transpose(1, -1)"},
        {"squeeze", {{1, 6, 1, 11}}, {}, "x.squeeze(2).unsqueeze(-1) * 2"},
        {"squeeze_all", {{1, 6, 1, 11}}, {}, "x.squeeze() + x.squeeze(1).sum()"},
        {"slice", {kPicture}, {}, "x[:, 1:5, ::2, -7:-1]"},
        {"select", {kPicture}, {}, "x[:, 2] + x[0, -1] + x.select(3, 4).sum()"},
        {"narrow", {kPicture}, {}, "x.narrow(2, 3, 5)"},
        {"expand", {{1, 6, 1, 1}}, {}, "x.expand(1, 6, 4, 3) + x.expand([2, -1, -1, 3])"},
        {"repeat", {{2, 3}}, {}, "x.repeat(2, 1, 3)"},
        {"roll", {kPicture}, {}, "torch.roll(x, [2, -3], [2, 3])"},
        {"linear", {{3, 8}}, {{"w", {5, 8}}, {"b", {5}}}, "torch.linear(x, self.w, self.b)"},
        {"linear_deep", {{1, 3, 4, 8}}, {{"w", {5, 8}}}, "torch.linear(x, self.w)"},
        {"addmm", {{3, 8}}, {{"w", {5, 8}}, {"b", {5}}}, "torch.addmm(self.b, x, self.w.t(), beta=2, alpha=0.5)"},
        {"matmul", {{1, 2, 3, 8}, {1, 2, 8, 4}}, {}, "torch.matmul(x, y)"},
        {"bmm", {{2, 3, 8}, {2, 8, 4}}, {}, "torch.bmm(x, y)"},
        {"baddbmm", {{2, 3, 8}, {2, 8, 4}}, {{"w", {3, 4}}}, "torch.baddbmm(self.w.expand(2, 3, 4), x, y, beta=0.5, alpha=2)"},
        {"mean", {kPicture}, {}, "x.mean([2, 3], True)"},
        {"mean_all", {kPicture}, {}, "x.mean()"},
        {"sum", {kPicture}, {}, "x.sum(1) + x.sum([1], False)"},
        {"max", {kPicture}, {}, "BODY:    v, i = torch.max(x, 1)\n    return v + torch.amax(x, [1]) - torch.amin(x, [1])"},
        {"argmax", {kPicture}, {}, "torch.argmax(x, 1) + torch.max(x, 1)[1]"},
        {"norm", {kPicture}, {}, "torch.norm(x, 2, [1], True)"},
        {"softmax", {kPicture}, {}, "torch.softmax(x, 1) + torch.log_softmax(x, -1)"},
        {"pad", {kPicture}, {}, "torch.constant_pad_nd(x, [1, 2, 3, 0], 0.5)"},
        {"pad_reflect", {kPicture}, {}, "torch.reflection_pad2d(x, [1, 2, 3, 0])"},
        {"pad_replicate", {kPicture}, {}, "torch.replication_pad2d(x, [1, 2, 3, 1])"},
        {"pixel_shuffle", {{1, 8, 3, 5}}, {}, "torch.pixel_shuffle(x, 2)"},
        {"pixel_unshuffle", {{1, 2, 4, 6}}, {}, "torch.pixel_unshuffle(x, 2)"},
        {"channel_shuffle", {kPicture}, {}, "torch.channel_shuffle(x, 2)"},
        {"dropout", {kPicture}, {}, "torch.dropout(x, 0.5, False) + 1"},
        {"index", {kPicture}, {}, "x[:, torch.tensor([4, 0, 2])]"},
        {"index_select", {kPicture}, {}, "torch.index_select(x, 2, torch.tensor([1, 7, 3]))"},
        {"embedding", {{2, 3}}, {{"w", {10, 4}}}, "torch.embedding(self.w, x.long())", 0, 9.9},
        {"grid", {kPicture}, {}, "BODY:    h, w = x.shape[2], x.shape[3]\n    a, b = torch.meshgrid([torch.arange(h), torch.arange(w)])\n    g = torch.stack([b, a], 2).view(1, 1, h, w, 2).to(x.dtype)\n    return x.unsqueeze(-1) * 2.0 + g + torch.zeros(1) + torch.ones_like(x).unsqueeze(-1)"},
        {"branch", {kPicture}, {}, "BODY:    if x.shape[1] == 6 and x.dim() == 4:\n        y = x * 2\n    else:\n        y = x - 1\n    return y"},
        {"loop", {kPicture}, {}, "BODY:    parts: List[Tensor] = []\n    for i in range(3):\n        x = torch.relu(x - 0.1 * i)\n        parts.append(x)\n    return torch.cat(parts, 1)"},
        {"tuple", {kPicture}, {}, "BODY:    a, b = torch.chunk(x, 2, 1)\n    return (a + 1, [b * 2, a * b])"},
        {"dictionary", {kPicture}, {}, "BODY:    d: Dict[str, Tensor] = {}\n    d['a'] = x * 2\n    d['b'] = d['a'] + 1\n    return d"},
        {"optional", {kPicture}, {}, "BODY:    y: Optional[Tensor] = None\n    if y is None:\n        y = x + 1\n    return y * 2"},
        {"in_place_chain", {kPicture}, {}, "BODY:    y = x * 1\n    y.add_(1)\n    y.mul_(x)\n    y += x\n    return y.clamp_(-0.5, 1.5)"},
        {"attention", {{2, 5, 8}}, {{"q", {8, 8}}, {"k", {8, 8}}, {"v", {8, 8}}}, "BODY:    a = torch.matmul(x, self.q).view(2, 5, 2, 4).transpose(1, 2)\n    b = torch.matmul(x, self.k).view(2, 5, 2, 4).permute(0, 2, 3, 1)\n    c = torch.matmul(x, self.v).view(2, 5, 2, 4).transpose(1, 2)\n    s = torch.softmax(torch.matmul(a, b) / 2.0, -1)\n    return torch.matmul(s, c).transpose(1, 2).reshape(2, 5, 8)"},
        {"flip", {kPicture}, {}, "torch.flip(x, [2, 1])"},
        {"cumsum", {kPicture}, {}, "torch.cumsum(x, 2)"},
        {"einsum", {{2, 3, 4}, {2, 5, 4}}, {}, "torch.einsum('bik,bjk->bij', [x, y])"},
        {"glu", {kPicture}, {}, "torch.glu(x, 1)"},
        {"grid_sampler", {kPicture, {1, 7, 5, 2}}, {}, "torch.grid_sampler(x, y, 0, 1, False)"},
        {"topk", {kPicture}, {}, "BODY:    v, i = torch.topk(x, 3, 1)\n    w, k = torch.sort(x, 2, True)\n    return v[:, 0:1] + w"},
        {"variance", {kPicture}, {}, "torch.var(x, [2, 3], True, True) + torch.std(x, [1], False, True)"},
        {"logsumexp", {kPicture}, {}, "torch.logsumexp(x, [1]) + torch.logsumexp(x, [2], True).sum()"},
        {"gather", {kPicture}, {}, "torch.gather(x, 2, torch.gt(x, 0).long()) + torch.scatter(x, 1, torch.gt(x, 0).long(), x * 0)"},
        {"triangles", {{2, 5, 7}}, {}, "torch.tril(x, 1) - torch.triu(x, -2)"},
        {"movedim", {kPicture}, {}, "torch.movedim(x, [1], [3])"},
        {"outer", {{4}, {5}}, {}, "torch.outer(x, y)"},
        {"cosine_similarity", {kPicture, kPicture}, {}, "torch.cosine_similarity(x, y, 1)"},
        {"columns", {{1, 3, 6, 8}}, {}, "BODY:    u = torch.im2col(x, [3, 2], [1, 1], [1, 0], [2, 1])\n    return torch.col2im(u, [6, 8], [3, 2], [1, 1], [1, 0], [2, 1])"},
        {"remainders", {kPicture}, {}, "torch.remainder(x, 0.3) + torch.fmod(x, 0.7) + torch.frac(x * 3) - torch.trunc(x * 3)", 0.31, 0.55},
        {"products_added", {kPicture, kPicture}, {}, "torch.addcmul(x, x, y, value=0.5) + torch.addcdiv(x, y, x, value=2)", 0.5, 2},
        {"inverse_functions", {kPicture}, {}, "torch.atan(x) + torch.expm1(x) + torch.log1p(x) + torch.sinh(x) + torch.asin(x)", 0.1, 0.9},
        {"lstm", {{5, 2, 4}}, {{"a", {24, 4}}, {"b", {24, 6}}, {"c", {24}}, {"d", {24}}, {"e", {24, 4}}, {"f", {24, 6}}, {"g", {24}}, {"i", {24}}}, "BODY:    z = torch.zeros(2, 2, 6)\n    y, h, c = torch.lstm(x, [z, z], [self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.i], True, 1, 0.0, False, True, False)\n    return (y, h, c)"},
        {"gru", {{2, 5, 4}}, {{"a", {18, 4}}, {"b", {18, 6}}, {"c", {18, 6}}, {"d", {18, 6}}}, "BODY:    y, h = torch.gru(x, torch.zeros(2, 2, 6), [self.a, self.b, self.c, self.d], False, 2, 0.0, False, False, True)\n    return (y, h)"},
        {"cdist", {{2, 5, 7}, {2, 6, 7}}, {}, "torch.cat([torch.cdist(x, y), torch.cdist(x, y, 1.0), torch.cdist(x, y, float('inf'))], 1)"},
        {"pairwise_distance", {{5, 7}, {5, 7}}, {}, "torch.pairwise_distance(x, y) + torch.pairwise_distance(x, y, 1.0)"},
        {"atan2", {kPicture, kPicture}, {}, "torch.atan2(x, y) + torch.atan2(x, x) + torch.atan2(y, x * 0.0)"},
        {"of_two", {kPicture, kPicture}, {}, "torch.hypot(x, y) + torch.logaddexp(x, y) + torch.lerp(x, y, 0.25) + torch.lerp(x, y, y) + torch.xlogy(torch.relu(x), torch.abs(y)) + torch.heaviside(torch.relu(x), y)"},
        {"of_one", {kPicture}, {}, "torch.threshold(x, 0.25, -2.0) + torch.exp2(x) + torch.logit(torch.sigmoid(x)) + torch.isnan(x)"},
        {"lists", {{4, 7}, {7}}, {}, "torch.mv(x, y) + torch.dot(x[0], y) + torch.diff(x, 1, 0).sum()"},
        {"meshgrid_of_inputs", {{4}, {5}}, {}, "BODY:    a, b = torch.meshgrid([x, y])\n    return a * b + a"},
        {"diagonal", {{3, 5, 7}}, {}, "BODY:    return (torch.diagonal(x, 1, 1, 2), torch.diagonal(x, -2, 0, 2), torch.diagonal(x[0], -1), torch.trace(x[1]))"},
        {"windows", {{2, 6, 10}}, {}, "x.unfold(2, 4, 3) * x.unfold(1, 3, 3).sum()"},
        {"repeat_interleave", {{2, 5, 7}}, {}, "BODY:    return (torch.repeat_interleave(x, 3, 1), torch.repeat_interleave(x, 2), torch.repeat_interleave(x, torch.tensor([1, 0, 2, 3, 1]), 1))"},
        {"one_hot", {{2, 5}}, {}, "torch.one_hot((x + 1.5).long(), 4)"},
        {"ranks", {{3, 6, 5}}, {}, "BODY:    a, i = torch.median(x, 1)\n    b, k = torch.median(x, 2, True)\n    c, m = torch.kthvalue(x, 2, 1)\n    return (a + c, b, torch.median(x), torch.take_along_dim(x, torch.argsort(x, 2, True), 2))"},
        {"parts_replaced", {kPicture}, {}, "torch.slice_scatter(x, x[:, 0:2] * 2, 1, 1, 3) + torch.select_scatter(x, x[:, :, 3], 2, -1) + torch.slice_scatter(x, x[:, 0:3] + 1, 1, 0, 6, 2)"},
        {"parts_changed", {kPicture}, {}, "BODY:    y = x * 1\n    z = y[:, 0:2]\n    z.mul_(2)\n    y[:, :, 3] = x[:, :, 4] - 1\n    y[:, 1:6:2, 2:5] += 0.5\n    y[0, 0, 0] = 7.0\n    return y"},
        {"part_of_changed", {kPicture}, {}, "BODY:    y = x * 1\n    z = y[:, 0:2]\n    z.mul_(2)\n    return y + z.sum()"},
        {"constant_changed", {kPicture}, {}, "BODY:    y = torch.zeros(1, 6, 13, 11)\n    y.add_(x)\n    z = torch.ones(2, 6)\n    z[1] = x[0, :, 2, 3]\n    z[:, 0:2] *= 3\n    return (y, z)"},
        {"max_unpool2d", {{1, 6, 12, 10}}, {}, "BODY:    y, i = torch.max_pool2d_with_indices(x, [2, 2], [2, 2])\n    return (torch.max_unpool2d(y + 1, i, [12, 10]), i * 1.0)"},
        {"adaptive_max_pool2d_uneven", {kPicture}, {}, "torch.adaptive_max_pool2d(x, [5, 4])[0]"},
        {"avg_pool2d_divisor", {kPicture}, {}, "torch.avg_pool2d(x, [3, 2], [2, 2], [1, 1], False, True, 5)"},
        {"upsample_bicubic", {kPicture}, {}, "BODY:    return (torch.upsample_bicubic2d(x, [20, 33], False), torch.upsample_bicubic2d(x, [7, 15], True), torch.upsample_bicubic2d(x, None, False, [1.5, 1.3]), torch._upsample_nearest_exact2d(x, [17, 5]))"},
        {"upsample_volume", {{1, 2, 4, 5, 6}}, {}, "BODY:    return (torch.upsample_trilinear3d(x, [8, 7, 9], False), torch.upsample_nearest3d(x, [8, 10, 18]))"},
        {"pad_circular", {kPicture}, {}, "torch.pad(x, [2, 1, 0, 3], 'circular') + torch.pad(torch.pad(x, [1, 0, 3, 2], 'circular'), [2, 0, -2, 0], 'circular').sum()"},
        {"lstm_cell", {{3, 4}, {3, 6}}, {{"a", {24, 4}}, {"b", {24, 6}}, {"c", {24}}, {"d", {24}}}, "BODY:    h, c = torch.lstm_cell(x, [y, y * 0.5], self.a, self.b, self.c, self.d)\n    return (h, c)"},
        {"gru_cell", {{3, 4}, {3, 6}}, {{"a", {18, 4}}, {"b", {18, 6}}, {"c", {18}}, {"d", {18}}}, "torch.gru_cell(x, y, self.a, self.b, self.c, self.d)"},
        {"rnn_cells", {{3, 4}, {3, 6}}, {{"a", {6, 4}}, {"b", {6, 6}}}, "torch.rnn_tanh_cell(x, y, self.a, self.b) + torch.rnn_relu_cell(x, y, self.a, self.b)"},
        {"fused_attention", {{2, 4, 5, 8}, {2, 4, 6, 8}}, {{"m", {5, 6}}}, "BODY:    a = torch.scaled_dot_product_attention(x, y, y)\n    b = torch.scaled_dot_product_attention(x, x, x, None, 0.0, True)\n    c = torch.scaled_dot_product_attention(x, y, y, self.m, scale=0.5)\n    d = torch.scaled_dot_product_attention(x, y[:, 0:2], y[:, 0:2], torch.gt(torch.matmul(x, y.transpose(2, 3)), -0.5), enable_gqa=True)\n    return a + b * 2 + c + d"},
        {"rms_norm", {{3, 5, 8}}, {{"w", {8}}}, "torch.rms_norm(x, [8], self.w, 0.01) + torch.rms_norm(x, [5, 8])"},
        {"many_heads", {{2, 5, 8}}, {{"a", {24, 8}}, {"b", {24}}, {"c", {8, 8}}, {"d", {8}}}, "torch._native_multi_head_attention(x, x, x, 8, 2, self.a, self.b, self.c, self.d, None, False)[0]"},
        // What libtorch makes of other operators is taken apart.
        {"in_parts", {{2, 3}, {2, 3}}, {}, "BODY:    return (torch.kron(x, y), torch.fliplr(x) + torch.flipud(y), torch.diag_embed(x, 1), torch.block_diag([x, y]), torch.vstack([x, y]), torch.tensordot(x, y, [1], [1]), torch.cartesian_prod([x[0], y[1]]))"},
        {"in_parts_of_pictures", {kPicture}, {}, "BODY:    return (torch.rot90(x, 1, [2, 3]), torch.trapezoid(x, dim=2), torch.linalg_matrix_norm(x, 'fro'), torch.hsplit(x, [2, 5])[1])"},
        {"cumulative", {{2, 7, 5}}, {}, "BODY:    a, i = torch.cummax(x, 1)\n    b, k = torch.cummin(x, 2)\n    return (torch.cumprod(x, 1), torch.logcumsumexp(x, 2), a, i * 1.0, b, k * 1.0)", 0.3, 2},
        {"norms_of_orders", {kPicture}, {}, "BODY:    y, z = torch.aminmax(x, dim=1)\n    return (torch.linalg_vector_norm(x, 3, [1, 2], True), torch.linalg_vector_norm(x, 0, [1]), torch.norm(x, 0.5, 1), y, z, torch.argmax(x) * 1.0)"},
        {"counted", {kPicture}, {}, "BODY:    v, m = torch.var_mean(x, [1])\n    return (torch.count_nonzero(torch.relu(x), 1) * 1.0, torch.any(x > 0.9, 1) * 1.0, torch.all(x > -0.9) * 1.0, v, m, torch.nansum(x, [2, 3]))"},
        {"losses", {kPicture, kPicture}, {}, "BODY:    return (torch.mse_loss(x, y, 1), torch.smooth_l1_loss(x, y, 0, 0.5), torch.huber_loss(x, y, 2, 0.3))"},
        {"buckets", {kPicture}, {{"w", {7}}}, "BODY:    b, i = torch.sort(self.w)\n    return (torch.bucketize(x, b) * 1.0, torch.searchsorted(b, x, right=True) * 1.0)"},
        {"more_functions", {kPicture, kPicture}, {}, "torch.erfc(x) + torch.sinc(x) + torch.deg2rad(x) + torch.signbit(x) + torch.copysign(x, y) + torch.logaddexp2(x, y) + torch.round(x, decimals=1) + torch.div(x, 0.3, rounding_mode='trunc') + torch.celu(x, 0.5) + torch.fmax(x, y) + torch.clamp(x, y - 0.1, y + 0.1) + torch.bitwise_xor(x > 0.0, y > 0.0) + torch.rrelu(x) + torch.nan_to_num(torch.log(torch.relu(x)), neginf=-3.0)"},
        {"vectors", {{2, 3, 4}, {2, 3, 4}}, {{"w", {5, 4, 4}}, {"b", {5}}}, "BODY:    return (torch.cross(x, y, 1), torch.bilinear(x, y, self.w, self.b), torch.addmv(x[0, :, 0], x[0], y[1, 0]), torch.cdist(x, y, 3.0))"},
        {"index_of_axes", {{3, 4, 5}}, {}, "BODY:    i = torch.tensor([0, 2, 1])\n    k = torch.tensor([[1], [-1]])\n    return (x[i, i], x[:, k, i], x[i, :, i], x[:, torch.tensor([True, False, True, True])], torch.take(x, torch.tensor([7, 0])))"},
        {"index_put", {{3, 4, 5}}, {}, "BODY:    i = torch.tensor([0, 2])\n    y = x * 1\n    y[:, i] = x[:, 1:3] * 2\n    z = x * 1\n    z[i, :, i + 1] = 0.5\n    m = x * 1\n    m[m < 0.1] = -2.0\n    return (y, z, m)"},
        {"index_into", {{3, 4, 5}}, {}, "BODY:    i = torch.tensor([3, 0])\n    return (torch.index_fill(x, 1, i, 0.5), torch.index_copy(x, 1, i, x[:, 1:3]), torch.index_add(x, 1, torch.tensor([0, 0]), x[:, 1:3], alpha=2), torch.scatter(x, 1, torch.zeros([3, 1, 5], dtype=4), 0.25))"},
        {"smoothed", {kPicture}, {}, "BODY:    return (torch._upsample_bilinear2d_aa(x, [7, 4], False), torch._upsample_bicubic2d_aa(x, [5, 20], False))"},
        {"conv_of_one", {{6, 13, 11}}, {{"w", {4, 6, 3, 3}}}, "torch.conv2d(x, self.w)"},
        {"many_heads_masked", {{2, 5, 8}}, {{"a", {24, 8}}, {"b", {24}}, {"c", {8, 8}}, {"d", {8}}}, "BODY:    k = torch.tensor([[False, False, False, False, True], [False, False, True, True, True]])\n    y, w = torch._native_multi_head_attention(x, x, x, 8, 2, self.a, self.b, self.c, self.d, k, True, True, 1)\n    return (y, w)"},
        {"lists_changed", {kPicture}, {}, "BODY:    l = [x, x * 2, x * 3]\n    l.reverse()\n    l.extend([x])\n    l.insert(0, x * 5)\n    l.pop()\n    y = l[0] - l[1]\n    d = {'a': x, 'b': y}\n    for k, v in d.items():\n        y = y + v * len(k)\n    if 'b' in d:\n        y = y * 2\n    return y"},
        {"dict_of_pairs", {kPicture}, {}, "BODY:    d = dict([('a', x), ('b', x * 2)])\n    d['c'] = d['a'] - 1\n    return d"},
        // Refused; what for is in the test.
        {"refused_quantised", {kPicture}, {}, "torch.dequantize(torch.quantize_per_tensor(x, 0.1, 0, 12))"},
        {"refused_operators", {kPicture}, {}, "torch.digamma(torch.fft_fft(x).abs()) + torch.special_i0(x)"},
        {"refused_bits", {kPicture}, {}, "torch.bitwise_and((x * 8).long(), 3)"},
        {"refused_numbers", {kPicture}, {}, "BODY:    y = x\n    if float(x.sum()) > 0.0:\n        y = x * 2\n    return y"},
        {"refused_part_changed", {kPicture}, {}, "BODY:    y = x * 1\n    z = y.view(6, 143)\n    z.mul_(2)\n    return y"},
        {"refused_part_older", {kPicture}, {}, "BODY:    y = x * 1\n    z = y[:, 0:2]\n    z.mul_(2)\n    y[:, :, 3] = 0.5\n    return y + z.sum()"},
        {"refused_training", {kPicture}, {{"m", {6}}, {"v", {6}}}, "torch.batch_norm(x, None, None, self.m, self.v, True, 0.1, 1e-5, False)"},
    };
    return list;
}

at::Tensor random(const Shape& shape, double low, double high) {
    return at::rand(shape) * (high - low) + low;
}

/// One network of all cases in `list`: parameters and methods numbered, forward takes the inputs of all.
torch::jit::Module moduleOf(const std::vector<const Case*>& list) {
    torch::jit::Module module("Net");
    std::string arguments, calls;
    for (size_t k = 0; k < list.size(); ++k) {
        const Case& c = *list[k];
        const std::string number = "c" + std::to_string(k), own = "self." + number + "_";
        for (const auto& [name, shape] : c.parameters)
            module.register_parameter(number + "_" + name, random(shape, -1, 1), false);
        std::string source = c.source;
        constexpr std::string_view kBody = "BODY:";
        source = source.starts_with(kBody) ? source.substr(kBody.size()) : "    return " + source;
        for (size_t at = 0; (at = source.find("self.", at)) != std::string::npos; at += own.size())
            source.replace(at, 5, own);
        const bool two = c.inputs.size() > 1;
        module.define("def " + number + "(self, x" + (two ? ", y" : "") + "):\n" + source + "\n");
        const std::string x = "x" + std::to_string(k), y = "y" + std::to_string(k);
        arguments += ", " + x + (two ? ", " + y : "");
        calls += "self." + number + "(" + x + (two ? ", " + y : "") + "), ";
    }
    module.define("def forward(self" + arguments + "):\n    return (" + calls + ")\n");
    return module;
}

void addOutputs(std::vector<at::Tensor>& to, const c10::IValue& value) {
    if (value.isTensor()) to.push_back(value.toTensor());
    else if (value.isTuple())
        for (const auto& part : value.toTupleRef().elements())
            addOutputs(to, part);
    else if (value.isList())
        for (const c10::IValue& part : value.toListRef())
            addOutputs(to, part);
    else if (value.isGenericDict())
        for (const auto& entry : value.toGenericDict())
            addOutputs(to, entry.value());
}

bool addArray(wb::NpzWriter& npz, const std::string& name, const at::Tensor& tensor) {
    const at::Tensor plain = tensor.to(at::kFloat).contiguous();
    const wb::NpyHeader header{"<f4", {plain.sizes().begin(), plain.sizes().end()}};
    const auto bytes = std::span(static_cast<const std::byte*>(plain.data_ptr()), plain.nbytes());
    return static_cast<bool>(npz.add(name, header, bytes));
}

bool write(const std::vector<const Case*>& list, const std::string& name, const std::string& folder, std::ostream& rows) {
    torch::jit::Module module = moduleOf(list);
    module.save(folder + "/" + name + ".pt");
    auto npz = wb::NpzWriter::create(folder + "/" + name + ".npz");
    if (!npz) return false;
    bool done = true;
    std::vector<c10::IValue> arguments;
    for (const Case* c : list)
        for (const Shape& shape : c->inputs) {
            const at::Tensor x = random(shape, c->low, c->high);
            done = addArray(*npz, "in" + std::to_string(arguments.size()), x) && done;
            arguments.emplace_back(x);
        }
    const c10::IValue results = module.forward(std::move(arguments));
    size_t count = 0;
    for (size_t k = 0; k < list.size(); ++k) {
        std::vector<at::Tensor> outputs;
        addOutputs(outputs, results.toTupleRef().elements()[k]);
        rows << list[k]->name << ' ' << outputs.size() << '\n';
        for (const at::Tensor& output : outputs)
            done = addArray(*npz, "out" + std::to_string(count++), output) && done;
    }
    return static_cast<bool>(npz->finish()) && done;
}

} // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    const std::string folder = arguments[1];
    at::manual_seed(20260101);
    std::ofstream rows(folder + "/cases.txt"), others(folder + "/others.txt");
    try {
        std::vector<const Case*> all;
        for (const Case& c : cases()) {
            const std::string name = c.name;
            const bool refused = name.starts_with("refused_");
            if (!refused) all.push_back(&c);
            if (refused || name == "conv2d" || name == "mul" || name == "tuple" || name == "attention")
                if (!write({&c}, name, folder, others)) return 1;
        }
        if (!write(all, "all", folder, rows)) return 1;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
    return rows.good() ? 0 : 1;
}
