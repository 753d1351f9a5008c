// SPDX-License-Identifier: GPL-3.0-or-later
// Source nodes → top nodes: each is folded, converted by its import rule, or written out by its definition (a
// function of the file, ONNX's own, a branch of If, the iterations of Loop, Scan, WHILE).
#pragma once

#include "compiler/import/builder.h"
#include "compiler/import/fold.h"
#include "compiler/import/onnx/onnx_function.h"

namespace wb::importer {

/// UnsupportedOperators listing every kind that cannot be converted, with count and first node.
Status checkSupported(const SourceModel& model);
/// Operators whose operand or result is a sequence or an optional value.
bool isSequenceKind(const ops::SourceNode& node);
/// WHILE and IF.
bool isTfliteControl(const ops::SourceNode& node);

class Converter {
public:
    /// Both must outlive the converter.
    Converter(SourceModel& model, GraphBuilder& builder)
        : m_model(model)
        , m_builder(builder) {}

    Status convert(const ops::SourceNode& node);
    bool isSequence(const std::string& name) const { return m_sequences.contains(name); }

private:
    using Names = std::vector<std::string>;

    Status convertOne(const ops::SourceNode& node);
    bool foldShape(const ops::SourceNode& node, Status& status);
    Status convertRule(const ops::SourceNode& node);
    Status writeOut(const ops::SourceNode& node, const SourceBody& body);
    /// Converts the body's nodes; gives the names that hold its outputs.
    Result<Names> run(const SourceBody& body, const Names& inputs, const Names& outputs,
                      const ops::SourceNode& caller);
    Status convertIf(const ops::SourceNode& node);
    Status convertLoop(const ops::SourceNode& node);
    Status convertScan(const ops::SourceNode& node);
    /// Sequences, optional values (convert_sequence.cpp).
    Status convertSequence(const ops::SourceNode& node);
    Status splitToSequence(const ops::SourceNode& node);
    Status mapSequence(const ops::SourceNode& node);
    Status joinSequence(const ops::SourceNode& node);
    Result<Names> listOf(const ops::SourceNode& node, size_t input) const;
    /// 0 … count, negative ones counted from the end.
    Result<int64_t> placeIn(const ops::SourceNode& node, size_t input, size_t count);
    /// Makes `name` another name for what `other` is, a sequence or a value.
    void same(const std::string& name, const std::string& other);
    /// TensorFlow Lite's WHILE and IF (convert_tflite.cpp).
    Status convertTfliteControl(const ops::SourceNode& node);
    Status convertWhile(const ops::SourceNode& node);
    /// Output `slot` of a loop from its rows; "" is the row as the loop was given it.
    Status joinRows(const ops::SourceNode& node, size_t slot, const Names& rows);
    /// Makes a name of TensorFlow Lite stand for another's value in the orders in which that is at hand.
    void sameTflite(const std::string& name, const std::string& other);
    std::optional<ir::Shape> shapeOfTflite(const std::string& name);
    /// The values of all iterations put together along a new axis.
    Status stack(const Names& parts, int64_t axis, const std::string& output);
    Result<const SourceBody*> bodyOf(const ops::SourceNode& node, const char* attribute) const;
    /// Control flow by a number that is not known, with the inputs that it follows from.
    Error decidedBy(const ops::SourceNode& node, const std::string& name, const std::string& what);
    std::optional<bool> truth(const std::string& name);
    void setType(const ops::SourceNode& node);

    static constexpr int64_t kMostNodes = 1 << 14; ///< written out in one network

    SourceModel& m_model;
    GraphBuilder& m_builder;
    Folder m_folder;
    std::map<std::string, Names, std::less<>> m_sequences; ///< what each sequence holds
    int m_depth = 0;      ///< of definitions within definitions
    int64_t m_inside = 0; ///< nodes written out so far
    int64_t m_serial = 0; ///< of bodies, for names
};

} // namespace wb::importer
