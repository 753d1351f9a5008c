<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_GB" sourcelanguage="en">
<context>
    <name>GraphView</name>
    <message numerus="yes">
        <source>%n found</source>
        <translation>
            <numerusform>%n found</numerusform>
            <numerusform>%n found</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Panel</name>
    <message numerus="yes">
        <source>%n rows written to %1</source>
        <translation>
            <numerusform>%n row written to %1</numerusform>
            <numerusform>%n rows written to %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thresholds of %1 are used</source>
        <translation>
            <numerusform>%n threshold of %1 are used</numerusform>
            <numerusform>%n thresholds of %1 are used</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pictures cannot be read and are skipped:</source>
        <translation>
            <numerusform>%n pictures cannot be read and are skipped:</numerusform>
            <numerusform>%n pictures cannot be read and are skipped:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pictures</source>
        <translation>
            <numerusform>%n pictures</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n test pictures, against %1</source>
        <translation>
            <numerusform>All %n test pictures, against %1</numerusform>
            <numerusform>All %n test pictures, against %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n candidates</source>
        <translation>
            <numerusform>%n candidates</numerusform>
            <numerusform>%n candidates</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>best %1 with %n float layers</source>
        <translation>
            <numerusform>best %1 with %n float layer</numerusform>
            <numerusform>best %1 with %n float layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Use the searched table (%n float layers)</source>
        <translation>
            <numerusform>Use the searched table (%n float layer)</numerusform>
            <numerusform>Use the searched table (%n float layers)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The table is in the project: %n float layers. Compute it with Apply.</source>
        <translation>
            <numerusform>The table is in the project: %n float layer. Compute it with Apply.</numerusform>
            <numerusform>The table is in the project: %n float layers. Compute it with Apply.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The mixed network reaches %1 with %n float layers; INT8 alone %2.</source>
        <translation>
            <numerusform>The mixed network reaches %1 with %n float layer; INT8 alone %2.</numerusform>
            <numerusform>The mixed network reaches %1 with %n float layers; INT8 alone %2.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The goal %1 was not reached. The best table gives %2 with %n float layers.</source>
        <translation>
            <numerusform>The goal %1 was not reached. The best table gives %2 with %n float layer.</numerusform>
            <numerusform>The goal %1 was not reached. The best table gives %2 with %n float layers.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Mixed: INT8, %n layers float</source>
        <translation>
            <numerusform>Mixed: INT8, %n layer float</numerusform>
            <numerusform>Mixed: INT8, %n layers float</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The file differs from the quantised network in %n outputs.</source>
        <translation>
            <numerusform>The file differs from the quantised network in %n output.</numerusform>
            <numerusform>The file differs from the quantised network in %n outputs.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>all %n outputs equal, byte for byte</source>
        <translation>
            <numerusform>the output equal, byte for byte</numerusform>
            <numerusform>all %n outputs equal, byte for byte</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n commands have a cost that no listing of the vendor&apos;s shows</source>
        <translation>
            <numerusform>%n command has a cost that no listing of the vendor&apos;s shows</numerusform>
            <numerusform>%n commands have a cost that no listing of the vendor&apos;s shows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n short stays in local memory are not drawn</source>
        <translation>
            <numerusform>%n short stay in local memory is not drawn</numerusform>
            <numerusform>%n short stays in local memory are not drawn</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::detection_view::PicturePane</name>
    <message numerus="yes">
        <source>%1, %n boxes</source>
        <translation>
            <numerusform>%1, %n boxes</numerusform>
            <numerusform>%1, %n boxes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n boxes</source>
        <translation>
            <numerusform>%n boxes</numerusform>
            <numerusform>%n boxes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::document::Document</name>
    <message numerus="yes">
        <source>Set %n layers to %1</source>
        <translation>
            <numerusform>Set %n layer to %1</numerusform>
            <numerusform>Set %n layers to %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Lock %n layers</source>
        <translation>
            <numerusform>Lock %n layer</numerusform>
            <numerusform>Lock %n layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Unlock %n layers</source>
        <translation>
            <numerusform>Unlock %n layer</numerusform>
            <numerusform>Unlock %n layers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::document::Staleness</name>
    <message numerus="yes">
        <source>%1 and %n more changed</source>
        <translation>
            <numerusform>%1 and %n more changed</numerusform>
            <numerusform>%1 and %n more changed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::document::Words</name>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>tensor files, %n samples</source>
        <translation>
            <numerusform>tensor file, %n sample</numerusform>
            <numerusform>tensor files, %n samples</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thresholds</source>
        <translation>
            <numerusform>%n threshold</numerusform>
            <numerusform>%n thresholds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n images</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not met</source>
        <translation>
            <numerusform>%n not met</numerusform>
            <numerusform>%n not met</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n outputs</source>
        <translation>
            <numerusform>%n output</numerusform>
            <numerusform>%n outputs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n float layers</source>
        <translation>
            <numerusform>%n float layer</numerusform>
            <numerusform>%n float layers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::graph_view::LegendBar</name>
    <message numerus="yes">
        <source>%1: %n layers. Click to select them.</source>
        <translation>
            <numerusform>%1: %n layer. Click to select them.</numerusform>
            <numerusform>%1: %n layers. Click to select them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::models::LayerFacts</name>
    <message numerus="yes">
        <source>%n layers %1</source>
        <translation>
            <numerusform>%n layer %1</numerusform>
            <numerusform>%n layers %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::models::LayerTableModel</name>
    <message numerus="yes">
        <source>Paste precisions of %n layers</source>
        <translation>
            <numerusform>Paste precision of %n layer</numerusform>
            <numerusform>Paste precisions of %n layers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::panels::CompareWords</name>
    <message numerus="yes">
        <source>%n pairs overlap by %1 on average. Resize or padding may differ between the variants.</source>
        <translation>
            <numerusform>%n pairs overlap by %1 on average. Resize or padding may differ between the variants.</numerusform>
            <numerusform>%n pairs overlap by %1 on average. Resize or padding may differ between the variants.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n boxes keep their place and change their class. Check the colour order.</source>
        <translation>
            <numerusform>%n boxes keep their place and change their class. Check the colour order.</numerusform>
            <numerusform>%n boxes keep their place and change their class. Check the colour order.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>None of the %n boxes of the reference is found. If the layers agree, look at the decoder and its thresholds.</source>
        <translation>
            <numerusform>None of the %n boxes of the reference is found. If the layer agree, look at the decoder and its threshold.</numerusform>
            <numerusform>None of the %n boxes of the reference is found. If the layers agree, look at the decoder and its thresholds.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::panels::ImportDialog</name>
    <message numerus="yes">
        <source>Outputs: %n chosen</source>
        <translation>
            <numerusform>Outputs: %n chosen</numerusform>
            <numerusform>Outputs: %n chosen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Use the %n YOLO head convolutions as outputs</source>
        <translation>
            <numerusform>Use the %n YOLO head convolutions as output</numerusform>
            <numerusform>Use the %n YOLO head convolutions as outputs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::panels::InspectorHead</name>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::panels::LayerTablePanel</name>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layers edited since the last run</source>
        <translation>
            <numerusform>%n layer edited since the last run</numerusform>
            <numerusform>%n layers edited since the last run</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::panels::MatchDialog</name>
    <message numerus="yes">
        <source>%n names of the table are not in this network. Check the suggested partners; nothing changes before you accept.</source>
        <translation>
            <numerusform>%n name of the table is not in this network. Check the suggested partners; nothing changes before you accept.</numerusform>
            <numerusform>%n names of the table are not in this network. Check the suggested partners; nothing changes before you accept.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::panels::ProjectFilesPanel</name>
    <message numerus="yes">
        <source>%n images</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::timeline::TimelineView</name>
    <message numerus="yes">
        <source>%n commands drawn as one</source>
        <translation>
            <numerusform>%n command drawn as one</numerusform>
            <numerusform>%n commands drawn as one</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::workbench::DropOverlay</name>
    <message numerus="yes">
        <source>Use as calibration images (%n files)</source>
        <translation>
            <numerusform>Use as calibration image (%n file)</numerusform>
            <numerusform>Use as calibration images (%n files)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::workbench::MainWindow</name>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n problems</source>
        <translation>
            <numerusform>%n problem</numerusform>
            <numerusform>%n problems</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Use %n calibration images</source>
        <translation>
            <numerusform>Use %n calibration image</numerusform>
            <numerusform>Use %n calibration images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Choose %n test images</source>
        <translation>
            <numerusform>Choose %n test image</numerusform>
            <numerusform>Choose %n test images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::workbench::Views</name>
    <message numerus="yes">
        <source>Use %n layers as outputs</source>
        <translation>
            <numerusform>Use %n layer as output</numerusform>
            <numerusform>Use %n layers as outputs</numerusform>
        </translation>
    </message>
</context>
</TS>
