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
        <source>Load precision table with %n layers</source>
        <translation>
            <numerusform>Load precision table with %n layer</numerusform>
            <numerusform>Load precision table with %n layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n names of the table are not in this network.</source>
        <translation>
            <numerusform>%n name of the table is not in this network.</numerusform>
            <numerusform>%n names of the table are not in this network.</numerusform>
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
