// SPDX-License-Identifier: GPL-3.0-or-later
// The options themselves, tool by tool (its --help of version 1.30; `detect` and `run_qtable` as the guide has them).
#include "app/cli/commands/vendor_options.h"

namespace wb::cli {
namespace {

constexpr bool kFlag = true, kValue = false;
constexpr const char *kNone = "", *kNothing = "";

constexpr const char* kFixedShapes = "every shape of a bmodel is fixed when it is made";
constexpr const char* kSeveralShapes = "give --input_shapes; for several shapes make a bmodel of each and join them with model_tool --combine";
constexpr const char* kOnlyHere = "nothing is run on another machine or board; bmodels run on the simulated chip";
constexpr const char* kCopyBoard = "copy the bmodel to the board and run it there";
constexpr const char* kNoCache = "nothing is kept from earlier runs";
constexpr const char* kNoCuda = "models are computed on this machine's processor";
constexpr const char* kOwnRewrites = "rewrites of the graph are chosen by the compiler";
constexpr const char* kNotes = "--verbose prints notes";
constexpr const char* kByLayer = "precisions are chosen by layer";
constexpr const char* kTable = "name the layers in a precision table, --quantize_table of model_deploy";
constexpr const char* kGroups = "layer groups are found by a search of their own";
constexpr const char* kOneCore = "the chip has one core";
constexpr const char* kScaledWeights = "weights are not changed in this way";
constexpr const char* kRecipe = "use --recipe weights, which measures on held-out pictures whether changed weights help";
constexpr const char* kWholeOutputs = "the search compares the network's outputs";
constexpr const char* kOtherArchitectures = "it is for other chips than this program compiles for";

constexpr VendorOption kTransform[] = {
    {"--input_types", kValue, kAny, "types of inputs are read from the model", kNothing},
    {"--cache_skip", kFlag, kAny, kNoCache, kNothing},
    {"--onnx_sim", kValue, kAny, "constants are folded at import", kNothing},
    {"--do_onnx_sim", kValue, kAny, "constants are folded at import", kNothing},
    {"--not_inference", kFlag, kAny, "without --test_input nothing is run", kNothing},
    {"--replace_topk_indices", kValue, kAny, "indices of TopK are as ONNX defines them", kNothing},
    {"--use_rewriter_config", kFlag, kAny, kOwnRewrites, kNothing},
    {"--struct_optimize", kValue, kAny, kOwnRewrites, kNothing},
    {"--patterns_count", kValue, kAny, kOwnRewrites, kNothing},
    {"--log_level", kValue, kAny, kNotes, kNothing},
    {"--debug_cmd", kValue, kAny, "it is for the vendor's developers", kNothing},
    {"--model_extern", kValue, kNone, "a model is one file, with Caffe's weights beside it", "join the models before, or transform each"},
    {"--pruning", kValue, kNone, "networks are taken as they are", "prune where the network is trained"},
    {"--dynamic", kFlag, kNone, kFixedShapes, kSeveralShapes},
    {"--dynamic_shape_input_names", kValue, kNone, kFixedShapes, kSeveralShapes},
    {"--shape_influencing_input_names", kValue, kNone, kFixedShapes, kSeveralShapes},
    {"--op_custom_shape", kValue, kNone, "shapes follow from the inputs'", "give --input_shapes"},
    {"--preprocess_list", kValue, kNone, "preprocessing is of every input that takes a picture", "give the others as npz"},
    {"--path_yaml", kValue, kNone, "there is no such description of networks here", "give the options on the command line, or keep them in a project"},
    {"--enable_maskrcnn", kFlag, kNone, "parts of Mask R-CNN are not put together by name", "cut the network at its last convolutions with --output_names"},
    {"--yuv_type", kValue, kNone, "frames in YUV are not read as test input", "give a picture; the chip takes YUV by --fuse_preprocess --customization_format of model_deploy"},
};

constexpr VendorOption kCalibrate[] = {
    {"--bc_inference_num", kValue, kAny, "biases are corrected by --recipe, from its own samples", kNothing},
    {"--quantize_method_list", kValue, kAny, "thresholds are those of --cali_method", kNothing},
    {"--cluster", kFlag, kAny, "the search ranks layers one by one", kNothing},
    {"--q_group_size", kValue, kAny, "it is for weights in groups, which are not made here", kNothing},
    {"--debug_log", kFlag, kAny, kNotes, kNothing},
    {"--benchmark_method", kValue, "cos", "similarity is the cosine's", "leave it out"},
    {"--mix_mode", kValue, "wi8ai8_fp,8_16", "plans mix INT8 and floats", "leave it out"},
    {"--we", kFlag, kNone, kScaledWeights, kRecipe},
    {"--bc", kFlag, kNone, "biases are not corrected in this way", kRecipe},
    {"--sq", kFlag, kNone, kScaledWeights, kRecipe},
    {"--smc", kFlag, kNone, "Softmax is not corrected", "keep Softmax in F16 by a precision table"},
    {"--kurtosis_analysis", kFlag, kNone, "there is no such report", "the window shows the histogram and the similarity of each layer"},
    {"--part_quantize", kValue, kNone, kByLayer, kTable},
    {"--custom_operator", kValue, kNone, kByLayer, kTable},
    {"--part_asymmetric", kFlag, kNone, "zero points are for the whole network", "use --asymmetric of model_deploy"},
    {"--pre_qtable", kValue, kNone, "a search begins with INT8 everywhere", "keep layers out of it with --locked of search"},
    {"--post_process", kValue, kNone, kWholeOutputs, "append boxes with --add_postprocess of model_transform"},
    {"--global_compare_layers", kValue, kNone, kWholeOutputs, "name other outputs with --output_names of model_transform"},
    {"--tune_list", kValue, kNone, "thresholds are tuned on the first samples of the data", "name them first in --data_list"},
    {"--debug_cmd", kValue, kNone, "it is for the vendor's developers", "use --cali_method percentile9999 or max for another way to thresholds"},
};

constexpr VendorOption kSearch[] = {
    {"--debug_cmd", kValue, kAny, "it is for the vendor's developers", kNothing},
    {"--post_process", kValue, kNone, kWholeOutputs, "append boxes with --add_postprocess of model_transform"},
    {"--global_compare_layers", kValue, kNone, kWholeOutputs, "name other outputs with --output_names of model_transform"},
};

constexpr VendorOption kDeploy[] = {
    {"--cache_skip", kFlag, kAny, kNoCache, kNothing},
    {"--fazzy_match", kFlag, kAny, "layers keep their names, and are compared by them", kNothing},
    {"--cuda", kFlag, kAny, kNoCuda, kNothing},
    {"--opt", kValue, kAny, kGroups, kNothing},
    {"--disable_layer_group", kFlag, kAny, kGroups, kNothing},
    {"--layer_group_config", kValue, kAny, kGroups, kNothing},
    {"--shape_secs_search_strategy", kValue, kAny, kGroups, kNothing},
    {"--disable_structure_detect_opt", kFlag, kAny, kGroups, kNothing},
    {"--group_by_cores", kValue, kAny, kOneCore, kNothing},
    {"--op_divide", kFlag, kAny, "large operators are always cut to fit", kNothing},
    {"--merge_weight", kFlag, kAny, "model_tool --combine stores equal weights once", kNothing},
    {"--weight_deduplicate", kFlag, kAny, "equal weights are stored once", kNothing},
    {"--use_rewriter_config", kFlag, kAny, kOwnRewrites, kNothing},
    {"--disable_topo_sort", kFlag, kAny, kOwnRewrites, kNothing},
    {"--disable_affine", kFlag, kAny, kOwnRewrites, kNothing},
    {"--patterns_count", kValue, kAny, kOwnRewrites, kNothing},
    {"--enable_lghash", kFlag, kAny, kNoCache, kNothing},
    {"--lghash_dir", kValue, kAny, kNoCache, kNothing},
    {"--disable_gdma_check", kFlag, kAny, "addresses are always checked", kNothing},
    {"--lg_debugger", kValue, kAny, "--debug keeps the groups as text", kNothing},
    {"--debug_cmd", kValue, kAny, "it is for the vendor's developers", kNothing},
    {"--log_level", kValue, kAny, kNotes, kNothing},
    {"--do_winograd", kFlag, kAny, "it is for code of BM1684, which is not generated", kNothing},
    {"--q_group_size", kValue, kAny, "it is for weights in groups, which are not made here", kNothing},
    {"--num_core", kValue, "1", kOneCore, "leave it out"},
    {"--num_device", kValue, "1", "a bmodel is for one chip", "leave it out"},
    {"--addr_mode", kValue, "auto,basic", "inputs and outputs lie with the other tensors", "leave it out"},
    {"--compress_mode", kValue, "none", "the chip reads weights as they are", "leave it out"},
    {"--model_version", kValue, "latest", "there is one version of the container", "leave it out"},
    {"--gelu_mode", kValue, "normal", "GELU is computed in one way", "leave it out"},
    {"--dynamic", kFlag, kNone, kFixedShapes, "make a bmodel for each shape and join them with model_tool --combine"},
    {"--q_symmetric", kFlag, kNone, "weights in groups are not made here", "use --quantize INT8 or F16"},
    {"--matmul_perchannel", kFlag, kNone, "a product has one scale for its matrix", "keep the layer in F16 by a precision table"},
    {"--high_precision", kFlag, kNone, kByLayer, "name the layers in --quantize_table"},
    {"--ignore_f16_overflow", kFlag, kNone, kByLayer, "name layers that overflow in --quantize_table, as F32"},
    {"--quant_output_bf16", kFlag, kNone, "outputs are F32, or what the last layer computes", "use --quant_output with --quantize BF16"},
    {"--quant_input_int8", kFlag, kNone, "a float layer takes floats", "use --quant_input"},
    {"--quant_output_int8", kFlag, kNone, "a float layer gives floats", "use --quant_output"},
    {"--gen_test_input", kFlag, kNone, "values made up say little about a network", "give a picture or an npz as --test_input"},
    {"--gen_test_seed", kValue, kAny, "no test input is made up", kNothing},
    {"--ip", kValue, kNone, kOnlyHere, kCopyBoard},
    {"--pwd", kValue, kNone, kOnlyHere, kCopyBoard},
    {"--aligned_input", kFlag, kNone, "frames lie in memory without gaps", "copy frames row by row"},
    {"--same_addr", kValue, kNone, "inputs and outputs have their own memory", "leave it out"},
    {"--iomem_set", kValue, kNone, "inputs and outputs lie with the other tensors", "leave it out"},
    {"--save_io_alone_config", kValue, kNone, "inputs and outputs lie with the other tensors", "leave it out"},
    {"--use_io_alone_config", kValue, kNone, "inputs and outputs lie with the other tensors", "leave it out"},
    {"--io_alone", kFlag, kNone, "inputs and outputs lie with the other tensors", "leave it out"},
    {"--trunc_final", kValue, kNone, "a network is compiled to its end", "cut it with --output_names of model_transform"},
    {"--rvti", kFlag, kNone, kOtherArchitectures, "leave it out"},
    {"--opt_post_processor", kFlag, kNone, kOtherArchitectures, "leave it out"},
    {"--includeWeight", kFlag, kNone, "no TOSA is written", "leave it out"},
    {"--time_fixed_subnet", kValue, kNone, "a network is one piece", "cut it with --output_names of model_transform"},
    {"--subnet_params", kValue, kNone, "a network is one piece", "cut it with --output_names of model_transform"},
    {"--enable_maskrcnn", kFlag, kNone, "parts of Mask R-CNN are not put together by name", "cut the network with --output_names of model_transform"},
    {"--global_op_types", kValue, kAny, kGroups, kNothing},
};

constexpr VendorOption kRun[] = {
    {"--debug", kValue, kAny, kNotes, kNothing},
    {"--cuda", kFlag, kAny, kNoCuda, kNothing},
    {"--decrypt_lib", kValue, kNone, "encrypted bmodels are not read", "give the bmodel as it was before"},
    {"--ip", kValue, kNone, kOnlyHere, kCopyBoard},
    {"--pwd", kValue, kNone, kOnlyHere, kCopyBoard},
};

} // namespace

std::span<const VendorOption> transformVendorOptions() { return kTransform; }
std::span<const VendorOption> calibrateVendorOptions() { return kCalibrate; }
std::span<const VendorOption> searchVendorOptions() { return kSearch; }
std::span<const VendorOption> deployVendorOptions() { return kDeploy; }
std::span<const VendorOption> runVendorOptions() { return kRun; }

} // namespace wb::cli
