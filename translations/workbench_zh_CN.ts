<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>Actual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>edited, not applied yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Similarity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Isolated</source>
        <translation>单层误差</translation>
    </message>
    <message>
        <source>Cosine of the INT8 layer fed with FP32 inputs: its own error alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Worst picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lowest cosine over the pictures: INT8 → mixed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SQNR</source>
        <translation>SQNR</translation>
    </message>
    <message>
        <source>Signal to quantisation noise: INT8 → mixed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Euclidean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Euclidean similarity: INT8 → mixed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quantisation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>Range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>Zero point</source>
        <translation>零点</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Block</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output of the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Time here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run time of this layer on this computer, not on the chip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>several</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>INT8</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixed</source>
        <translation>混合精度</translation>
    </message>
    <message>
        <source>Together</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CosinePlot</name>
    <message>
        <source>Source</source>
        <translation>源</translation>
    </message>
    <message>
        <source>Mixed</source>
        <translation>混合精度</translation>
    </message>
    <message>
        <source>Mixed, previous</source>
        <translation>上一次混合</translation>
    </message>
</context>
<context>
    <name>GraphView</name>
    <message>
        <source>not compared</source>
        <translation>未比较</translation>
    </message>
    <message>
        <source>other</source>
        <translation>其他</translation>
    </message>
    <message numerus="yes">
        <source>%n found</source>
        <translation>
            <numerusform>找到 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n 层</numerusform>
        </translation>
    </message>
    <message>
        <source>worst inside</source>
        <translation>块内最差</translation>
    </message>
</context>
<context>
    <name>Panel</name>
    <message>
        <source>All layers</source>
        <translation>所有层</translation>
    </message>
    <message>
        <source>Worst 10</source>
        <translation>最差 10</translation>
    </message>
    <message>
        <source>Below goal</source>
        <translation>低于目标</translation>
    </message>
    <message>
        <source>Edited by hand</source>
        <translation>手工编辑</translation>
    </message>
    <message>
        <source>Not honoured</source>
        <translation>未满足</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>检测头</translation>
    </message>
    <message>
        <source>Save this filter…</source>
        <translation>保存此筛选…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove filter %1</source>
        <translation>移除筛选 %1</translation>
    </message>
    <message>
        <source>Save filter</source>
        <translation>保存筛选</translation>
    </message>
    <message>
        <source>Name of the filter %1</source>
        <translation>筛选 %1 的名称</translation>
    </message>
    <message>
        <source>Save filter %1</source>
        <translation>保存筛选 %1</translation>
    </message>
    <message>
        <source>Standard columns</source>
        <translation>标准列</translation>
    </message>
    <message>
        <source>Import precision table…</source>
        <translation>导入混精度表…</translation>
    </message>
    <message>
        <source>Export precision table…</source>
        <translation>导出混精度表…</translation>
    </message>
    <message>
        <source>Export rows as CSV…</source>
        <translation>将行导出为 CSV…</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Apply edits by themselves</source>
        <translation>自动应用编辑</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Fill down</source>
        <translation>向下填充</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Same type</source>
        <translation>相同类型</translation>
    </message>
    <message>
        <source>Same block</source>
        <translation>同一块</translation>
    </message>
    <message>
        <source>Path between the two</source>
        <translation>两者之间的路径</translation>
    </message>
    <message>
        <source>Everything upstream</source>
        <translation>全部上游</translation>
    </message>
    <message>
        <source>Everything downstream</source>
        <translation>全部下游</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy name</source>
        <translation>复制名称</translation>
    </message>
    <message>
        <source>Show in the graph</source>
        <translation>在图中显示</translation>
    </message>
    <message>
        <source>Show values</source>
        <translation>显示数值</translation>
    </message>
    <message>
        <source>The clipboard holds no precisions. Expected: INT8, F16, BF16, F32 or auto, one a line, or name and precision.</source>
        <translation>剪贴板中没有精度。应为每行一个 INT8、F16、BF16、F32 或 auto，或名称与精度。</translation>
    </message>
    <message>
        <source>Export rows as CSV</source>
        <translation>将行导出为 CSV</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message numerus="yes">
        <source>%n rows written to %1</source>
        <translation>
            <numerusform>已将 %n 行写入 %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::cosine_plot::CosinePlot</name>
    <message>
        <source>Cosine plot</source>
        <translation>余弦曲线</translation>
    </message>
    <message>
        <source>The suffix .%1 is not known. Use .pdf, .png or .csv.</source>
        <translation>未知的后缀 .%1。请使用 .pdf、.png 或 .csv。</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>无法写入 %1：%2</translation>
    </message>
    <message>
        <source>not compared: %1</source>
        <translation>未比较：%1</translation>
    </message>
    <message>
        <source>not compared yet</source>
        <translation>尚未比较</translation>
    </message>
    <message>
        <source>isolated %1</source>
        <translation>单层 %1</translation>
    </message>
    <message>
        <source>SQNR %1 dB</source>
        <translation>SQNR %1 dB</translation>
    </message>
    <message>
        <source>worst of %1</source>
        <translation>%1 层中最差</translation>
    </message>
    <message>
        <source>%1 of %2 from the worst</source>
        <translation>第 %1 差（共 %2 层）</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Go to the worst layer</source>
        <translation>转到最差层</translation>
    </message>
    <message>
        <source>Go to the largest drop</source>
        <translation>转到最大下降处</translation>
    </message>
    <message>
        <source>Isolated error as bars</source>
        <translation>以柱形显示单层误差</translation>
    </message>
    <message>
        <source>Copy as picture</source>
        <translation>复制为图片</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Export the cosine plot</source>
        <translation>导出余弦曲线</translation>
    </message>
    <message>
        <source>PDF (*.pdf);;PNG picture (*.png);;CSV table (*.csv)</source>
        <translation>PDF (*.pdf);;PNG 图片 (*.png);;CSV 表格 (*.csv)</translation>
    </message>
    <message>
        <source>Accumulated</source>
        <translation>累积误差</translation>
    </message>
    <message>
        <source>Isolated</source>
        <translation>单层误差</translation>
    </message>
    <message>
        <source>Error as it arrives in the running network (I)</source>
        <translation>网络运行中累积到各层的误差 (I)</translation>
    </message>
    <message>
        <source>Error of each layer fed with the FP32 input (I)</source>
        <translation>每层以 FP32 输入时自身的误差 (I)</translation>
    </message>
    <message>
        <source>Kind of error</source>
        <translation>误差种类</translation>
    </message>
    <message>
        <source>Nines</source>
        <translation>对数</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>−log10(1 − cosine): every nine is as high as the last (Y)</source>
        <translation>−log10(1 − 余弦)：每多一个 9 高度相同 (Y)</translation>
    </message>
    <message>
        <source>The cosine itself, zoomed to the data (Y)</source>
        <translation>余弦本身，按数据缩放 (Y)</translation>
    </message>
    <message>
        <source>Signal to quantisation noise in decibels (Y)</source>
        <translation>信号与量化噪声之比，单位 dB (Y)</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>Series shown</source>
        <translation>显示的曲线</translation>
    </message>
    <message>
        <source>Click shows or hides, Alt+click shows alone</source>
        <translation>单击显示或隐藏，Alt+单击只显示此项</translation>
    </message>
    <message>
        <source>Expected cosine of the outputs. Drag it, or use the arrow keys.</source>
        <translation>输出的期望余弦。可拖动或用方向键调整。</translation>
    </message>
    <message>
        <source>Minimum cosine of a layer. Drag it, or use the arrow keys.</source>
        <translation>单层的最低余弦。可拖动或用方向键调整。</translation>
    </message>
    <message>
        <source>%1 of %2 compared</source>
        <translation>已比较 %1 / %2</translation>
    </message>
    <message>
        <source>output goal %1</source>
        <translation>输出目标 %1</translation>
    </message>
    <message>
        <source>layer goal %1</source>
        <translation>层目标 %1</translation>
    </message>
</context>
<context>
    <name>wb::document::Document</name>
    <message>
        <source>Restore unsaved changes</source>
        <translation>恢复未保存的更改</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Set %1 to %2</source>
        <translation>将 %1 设为 %2</translation>
    </message>
    <message numerus="yes">
        <source>Set %n layers to %1</source>
        <translation>
            <numerusform>将 %n 层设为 %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Lock %n layers</source>
        <translation>
            <numerusform>锁定 %n 层</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Unlock %n layers</source>
        <translation>
            <numerusform>解锁 %n 层</numerusform>
        </translation>
    </message>
    <message>
        <source>Run to %1</source>
        <translation>运行到 %1</translation>
    </message>
</context>
<context>
    <name>wb::document::Staleness</name>
    <message>
        <source>the model file</source>
        <translation>模型文件</translation>
    </message>
    <message>
        <source>the weights file</source>
        <translation>权重文件</translation>
    </message>
    <message>
        <source>input shapes</source>
        <translation>输入形状</translation>
    </message>
    <message>
        <source>outputs</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>colour order</source>
        <translation>颜色顺序</translation>
    </message>
    <message>
        <source>channel layout</source>
        <translation>通道布局</translation>
    </message>
    <message>
        <source>resize size</source>
        <translation>缩放尺寸</translation>
    </message>
    <message>
        <source>keep aspect</source>
        <translation>保持宽高比</translation>
    </message>
    <message>
        <source>aspect mode</source>
        <translation>宽高比方式</translation>
    </message>
    <message>
        <source>pad value</source>
        <translation>填充值</translation>
    </message>
    <message>
        <source>pad position</source>
        <translation>填充位置</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>scale</source>
        <translation>缩放系数</translation>
    </message>
    <message>
        <source>input kind</source>
        <translation>输入种类</translation>
    </message>
    <message>
        <source>calibration images</source>
        <translation>校准图片</translation>
    </message>
    <message>
        <source>number of images</source>
        <translation>图片数量</translation>
    </message>
    <message>
        <source>calibration method</source>
        <translation>校准方法</translation>
    </message>
    <message>
        <source>histogram bins</source>
        <translation>直方图区间数</translation>
    </message>
    <message>
        <source>tuning</source>
        <translation>调优</translation>
    </message>
    <message>
        <source>calibration table</source>
        <translation>校准表</translation>
    </message>
    <message>
        <source>target</source>
        <translation>目标芯片</translation>
    </message>
    <message>
        <source>symmetry</source>
        <translation>对称方式</translation>
    </message>
    <message>
        <source>float type</source>
        <translation>浮点类型</translation>
    </message>
    <message>
        <source>detection head</source>
        <translation>检测头</translation>
    </message>
    <message>
        <source>tolerance</source>
        <translation>容差</translation>
    </message>
    <message>
        <source>test images</source>
        <translation>测试图片</translation>
    </message>
    <message>
        <source>precisions</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>made by another version</source>
        <translation>由其他版本生成</translation>
    </message>
    <message>
        <source>%1 changed</source>
        <translation>%1已更改</translation>
    </message>
    <message>
        <source>%1 and %2 changed</source>
        <translation>%1和%2已更改</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more changed</source>
        <translation>
            <numerusform>%1及另外 %n 项已更改</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::document::Words</name>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n 层</numerusform>
        </translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Preprocess</source>
        <translation>预处理</translation>
    </message>
    <message>
        <source>Reference FP32</source>
        <translation>FP32 参考</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Quantise INT8</source>
        <translation>INT8 量化</translation>
    </message>
    <message>
        <source>Precision table</source>
        <translation>混精度表</translation>
    </message>
    <message>
        <source>Mixed</source>
        <translation>混合精度</translation>
    </message>
    <message>
        <source>Deploy &amp; verify</source>
        <translation>部署与验证</translation>
    </message>
    <message>
        <source>Not run</source>
        <translation>未运行</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Out of date</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>已跳过</translation>
    </message>
    <message>
        <source>%1 opset %2</source>
        <translation>%1 opset %2</translation>
    </message>
    <message numerus="yes">
        <source>tensor files, %n samples</source>
        <translation>
            <numerusform>张量文件，%n 个样本</numerusform>
        </translation>
    </message>
    <message>
        <source>matches source: %1</source>
        <translation>与源一致：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n thresholds</source>
        <translation>
            <numerusform>%n 个阈值</numerusform>
        </translation>
    </message>
    <message>
        <source>imported</source>
        <translation>已导入</translation>
    </message>
    <message numerus="yes">
        <source>%n images</source>
        <translation>
            <numerusform>%n 张</numerusform>
        </translation>
    </message>
    <message>
        <source>worst %1</source>
        <translation>最差 %1</translation>
    </message>
    <message>
        <source>output %1</source>
        <translation>输出 %1</translation>
    </message>
    <message>
        <source>%1 of %2 layers set</source>
        <translation>%2 层中已设 %1 层</translation>
    </message>
    <message numerus="yes">
        <source>%n not met</source>
        <translation>
            <numerusform>%n 层未满足</numerusform>
        </translation>
    </message>
    <message>
        <source>Waits for code generation</source>
        <translation>等待代码生成</translation>
    </message>
    <message>
        <source>input %1</source>
        <translation>输入 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n outputs</source>
        <translation>
            <numerusform>%n 个输出</numerusform>
        </translation>
    </message>
    <message>
        <source>output cosine %1</source>
        <translation>输出余弦 %1</translation>
    </message>
    <message>
        <source>worst %1 at %2</source>
        <translation>最差 %1，位于 %2</translation>
    </message>
    <message numerus="yes">
        <source>%n float layers</source>
        <translation>
            <numerusform>%n 个浮点层</numerusform>
        </translation>
    </message>
    <message>
        <source>Code generation for BM1684X is not in this version. The quantised model and its check are complete.</source>
        <translation>本版本还不能为 BM1684X 生成代码。量化模型及其检查已完成。</translation>
    </message>
    <message>
        <source>Look at the model</source>
        <translation>查看模型</translation>
    </message>
    <message>
        <source>Preview of preprocessing</source>
        <translation>预处理预览</translation>
    </message>
    <message>
        <source>Tensor statistics</source>
        <translation>张量统计</translation>
    </message>
    <message>
        <source>Search precision table</source>
        <translation>搜索混精度表</translation>
    </message>
    <message>
        <source>The compiler stopped unexpectedly. Your project is safe.</source>
        <translation>编译器意外停止。您的工程是安全的。</translation>
    </message>
    <message>
        <source>The compiler program could not be started.</source>
        <translation>无法启动编译器程序。</translation>
    </message>
    <message>
        <source>The compiler stopped unexpectedly in %1. Your project is safe.</source>
        <translation>编译器在“%1”阶段意外停止。您的工程是安全的。</translation>
    </message>
    <message>
        <source>The file was not found</source>
        <translation>找不到文件</translation>
    </message>
    <message>
        <source>The file cannot be read</source>
        <translation>无法读取文件</translation>
    </message>
    <message>
        <source>The file ends too early</source>
        <translation>文件过早结束</translation>
    </message>
    <message>
        <source>The kind of the file is not known</source>
        <translation>无法识别文件种类</translation>
    </message>
    <message>
        <source>The file is damaged</source>
        <translation>文件已损坏</translation>
    </message>
    <message>
        <source>The file cannot be written</source>
        <translation>无法写入文件</translation>
    </message>
    <message>
        <source>No space is left on the disk</source>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <source>A picture cannot be read</source>
        <translation>无法读取图片</translation>
    </message>
    <message>
        <source>The model is damaged</source>
        <translation>模型已损坏</translation>
    </message>
    <message>
        <source>Some operators are not supported</source>
        <translation>有不支持的算子</translation>
    </message>
    <message>
        <source>An input has free sizes</source>
        <translation>输入有未定的尺寸</translation>
    </message>
    <message>
        <source>An output was not found</source>
        <translation>找不到输出</translation>
    </message>
    <message>
        <source>The preprocessing settings do not fit</source>
        <translation>预处理设置不适用</translation>
    </message>
    <message>
        <source>The table has a syntax error</source>
        <translation>表有语法错误</translation>
    </message>
    <message>
        <source>The calibration table was not found</source>
        <translation>找不到校准表</translation>
    </message>
    <message>
        <source>The data set has no images</source>
        <translation>数据集中没有图片</translation>
    </message>
    <message>
        <source>No image of the data set can be read</source>
        <translation>数据集中的图片都无法读取</translation>
    </message>
    <message>
        <source>The precision table names unknown layers</source>
        <translation>混精度表中有未知的层</translation>
    </message>
    <message>
        <source>Some requested precisions were not met</source>
        <translation>有些请求的精度未能满足</translation>
    </message>
    <message>
        <source>The target has no such precision</source>
        <translation>目标芯片没有这种精度</translation>
    </message>
    <message>
        <source>The model has nothing to quantise</source>
        <translation>模型没有可量化的内容</translation>
    </message>
    <message>
        <source>An operator cannot be lowered</source>
        <translation>有算子无法下降转换</translation>
    </message>
    <message>
        <source>Code generation for BM1684X is not in this version.</source>
        <translation>本版本还不能为 BM1684X 生成代码。</translation>
    </message>
    <message>
        <source>The similarity is below the tolerance</source>
        <translation>相似度低于容差</translation>
    </message>
    <message>
        <source>The outputs are no known detection head</source>
        <translation>输出不是已知的检测头</translation>
    </message>
    <message>
        <source>The project file is damaged</source>
        <translation>工程文件已损坏</translation>
    </message>
    <message>
        <source>The project was made by a newer version</source>
        <translation>工程由更新的版本生成</translation>
    </message>
    <message>
        <source>There is not enough memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>An internal check failed</source>
        <translation>内部检查失败</translation>
    </message>
</context>
<context>
    <name>wb::graph_view::GraphCanvas</name>
    <message>
        <source>cosine %1</source>
        <translation>余弦 %1</translation>
    </message>
    <message>
        <source>not compared: %1</source>
        <translation>未比较：%1</translation>
    </message>
    <message>
        <source>Open a model to see its graph.</source>
        <translation>打开模型后在此查看计算图。</translation>
    </message>
    <message>
        <source>Laying out the graph…</source>
        <translation>正在布局计算图…</translation>
    </message>
</context>
<context>
    <name>wb::graph_view::GraphView</name>
    <message>
        <source>Graph of %1</source>
        <translation>%1 的计算图</translation>
    </message>
    <message>
        <source>%1 / %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>计算图</translation>
    </message>
    <message>
        <source>Find a layer by name or type</source>
        <translation>按名称或类型查找层</translation>
    </message>
    <message>
        <source>Find in the graph</source>
        <translation>在图中查找</translation>
    </message>
    <message>
        <source>Previous hit (Shift+F3)</source>
        <translation>上一个 (Shift+F3)</translation>
    </message>
    <message>
        <source>Next hit (F3)</source>
        <translation>下一个 (F3)</translation>
    </message>
    <message>
        <source>Close the search (Esc)</source>
        <translation>关闭查找 (Esc)</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>Close the search</source>
        <translation>关闭查找</translation>
    </message>
    <message>
        <source>Laying out the graph…</source>
        <translation>正在布局计算图…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Collapse blocks instead</source>
        <translation>改为折叠各块</translation>
    </message>
    <message>
        <source>Overview of the graph</source>
        <translation>计算图概览</translation>
    </message>
    <message>
        <source>Drag to move the view (M hides)</source>
        <translation>拖动以移动视图（M 隐藏）</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Lock or unlock</source>
        <translation>锁定或解锁</translation>
    </message>
    <message>
        <source>Use as output</source>
        <translation>用作输出</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Everything upstream</source>
        <translation>全部上游</translation>
    </message>
    <message>
        <source>Everything downstream</source>
        <translation>全部下游</translation>
    </message>
    <message>
        <source>Same type</source>
        <translation>相同类型</translation>
    </message>
    <message>
        <source>Same block</source>
        <translation>同一块</translation>
    </message>
    <message>
        <source>Copy name</source>
        <translation>复制名称</translation>
    </message>
    <message>
        <source>Show in the table</source>
        <translation>在层表中显示</translation>
    </message>
    <message>
        <source>Show in the plot</source>
        <translation>在曲线中显示</translation>
    </message>
    <message>
        <source>Show the tensor</source>
        <translation>显示张量</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>实际大小</translation>
    </message>
    <message>
        <source>Collapse all blocks</source>
        <translation>折叠所有块</translation>
    </message>
    <message>
        <source>Left to right</source>
        <translation>从左到右</translation>
    </message>
</context>
<context>
    <name>wb::graph_view::LegendBar</name>
    <message>
        <source>Legend</source>
        <translation>图例</translation>
    </message>
    <message numerus="yes">
        <source>%1: %n layers. Click to select them.</source>
        <translation>
            <numerusform>%1：%n 层。单击以选择。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::models::LayerFacts</name>
    <message>
        <source>fused into another layer</source>
        <translation>已融合到其他层</translation>
    </message>
    <message>
        <source>the chip has no such precision</source>
        <translation>芯片没有这种精度</translation>
    </message>
    <message>
        <source>the operator does not exist in this precision</source>
        <translation>该算子没有这种精度</translation>
    </message>
    <message>
        <source>follows its input</source>
        <translation>跟随输入</translation>
    </message>
    <message>
        <source>casts at the border would cost more than it saves</source>
        <translation>边界处的转换得不偿失</translation>
    </message>
    <message>
        <source>locked by the model</source>
        <translation>由模型锁定</translation>
    </message>
    <message>
        <source>no layer has this name</source>
        <translation>没有这个名称的层</translation>
    </message>
    <message>
        <source>%1 has no %2. Use F32 or choose BM1684X.</source>
        <translation>%1 不支持 %2。请使用 F32 或选择 BM1684X。</translation>
    </message>
    <message>
        <source>%1 has no %2. Use BF16 or choose BM1684X.</source>
        <translation>%1 不支持 %2。请使用 BF16 或选择 BM1684X。</translation>
    </message>
    <message>
        <source>float</source>
        <translation>浮点</translation>
    </message>
    <message numerus="yes">
        <source>%n layers %1</source>
        <translation>
            <numerusform>%n 层 %1</numerusform>
        </translation>
    </message>
    <message>
        <source>float MACs %1 %</source>
        <translation>浮点 MAC %1 %</translation>
    </message>
    <message>
        <source>weights about %1 MB</source>
        <translation>权重约 %1 MB</translation>
    </message>
    <message>
        <source>weights about %1 kB</source>
        <translation>权重约 %1 kB</translation>
    </message>
</context>
<context>
    <name>wb::models::LayerFilter</name>
    <message>
        <source>Nothing follows “%1:”.</source>
        <translation>“%1:” 之后没有内容。</translation>
    </message>
    <message>
        <source>No layer, or more than one, is called “%1”.</source>
        <translation>没有名为“%1”的层，或不止一个。</translation>
    </message>
    <message>
        <source>“worst:” wants a number of layers, for example worst:10.</source>
        <translation>“worst:” 需要层数，例如 worst:10。</translation>
    </message>
    <message>
        <source>“%1” is not a field. Fields: name, type, block, cos, mixed, iso, prec, requested, note, up, down.</source>
        <translation>“%1” 不是字段。字段：name、type、block、cos、mixed、iso、prec、requested、note、up、down。</translation>
    </message>
    <message>
        <source>The regular expression is not valid: %1.</source>
        <translation>正则表达式无效：%1。</translation>
    </message>
    <message>
        <source>Something is missing beside “|”.</source>
        <translation>“|” 旁边缺少内容。</translation>
    </message>
    <message>
        <source>“%1” has no number to compare. Numbers: cos, mixed, delta, iso, sqnr, threshold, min, max, scale, macs, params, time.</source>
        <translation>“%1” 没有可比较的数值。数值字段：cos、mixed、delta、iso、sqnr、threshold、min、max、scale、macs、params、time。</translation>
    </message>
    <message>
        <source>A number must follow “%1”.</source>
        <translation>“%1” 之后必须是数字。</translation>
    </message>
    <message>
        <source>“%1” is not a number.</source>
        <translation>“%1” 不是数字。</translation>
    </message>
    <message>
        <source>A term must follow “-”.</source>
        <translation>“-” 之后必须有条件。</translation>
    </message>
    <message>
        <source>A quotation mark is not closed.</source>
        <translation>引号没有闭合。</translation>
    </message>
</context>
<context>
    <name>wb::models::LayerTableModel</name>
    <message>
        <source>Number</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Output shape</source>
        <translation>输出形状</translation>
    </message>
    <message>
        <source>Requested precision</source>
        <translation>请求的精度</translation>
    </message>
    <message>
        <source>Actual precision</source>
        <translation>实际的精度</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>Minimum</source>
        <translation>最小值</translation>
    </message>
    <message>
        <source>Maximum</source>
        <translation>最大值</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>Zero point</source>
        <translation>零点</translation>
    </message>
    <message>
        <source>Cosine, INT8</source>
        <translation>INT8 余弦</translation>
    </message>
    <message>
        <source>Cosine, mixed</source>
        <translation>混合精度余弦</translation>
    </message>
    <message>
        <source>Mixed minus INT8</source>
        <translation>混合精度减 INT8</translation>
    </message>
    <message>
        <source>Isolated cosine, INT8</source>
        <translation>INT8 单层余弦</translation>
    </message>
    <message>
        <source>SQNR, INT8 (dB)</source>
        <translation>INT8 SQNR (dB)</translation>
    </message>
    <message>
        <source>Multiply-accumulates</source>
        <translation>乘加次数</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>№</source>
        <translation>№</translation>
    </message>
    <message>
        <source>Req</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Act</source>
        <translation>实际</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Min</source>
        <translation>最小</translation>
    </message>
    <message>
        <source>Max</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>Zero</source>
        <translation>零点</translation>
    </message>
    <message>
        <source>cos INT8</source>
        <translation>INT8 余弦</translation>
    </message>
    <message>
        <source>cos mixed</source>
        <translation>混合余弦</translation>
    </message>
    <message>
        <source>Δ cos</source>
        <translation>Δ 余弦</translation>
    </message>
    <message>
        <source>isolated</source>
        <translation>单层</translation>
    </message>
    <message>
        <source>SQNR</source>
        <translation>SQNR</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>Not compared: %1</source>
        <translation>未比较：%1</translation>
    </message>
    <message>
        <source>Mean over the pictures %1, worst picture %2</source>
        <translation>各图片平均 %1，最差图片 %2</translation>
    </message>
    <message>
        <source>Edited, not applied yet</source>
        <translation>已编辑，尚未应用</translation>
    </message>
    <message>
        <source>Automatic: the network&apos;s own precision</source>
        <translation>自动：网络自身的精度</translation>
    </message>
    <message>
        <source>not locked</source>
        <translation>未锁定</translation>
    </message>
    <message>
        <source>Note on %1</source>
        <translation>%1 的备注</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message numerus="yes">
        <source>Paste precisions of %n layers</source>
        <translation>
            <numerusform>粘贴 %n 层的精度</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::panels::InspectorHead</name>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n 层</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::panels::InspectorPanel</name>
    <message>
        <source>Keep this layer while another is selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Requested</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>several</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>The search leaves locked layers as they are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>What should be remembered of this layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Overview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a layer in the graph, the table or the plot to see what is known of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>INT8 · worst of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>INT8 · rank %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>INT8</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixed</source>
        <translation>混合精度</translation>
    </message>
    <message>
        <source>Mixed · %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>INT8 · lowest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixed · lowest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Note on %1</source>
        <translation>%1 的备注</translation>
    </message>
</context>
<context>
    <name>wb::panels::JobsModel</name>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Stopped unexpectedly</source>
        <translation>意外停止</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Elapsed</source>
        <translation>已用</translation>
    </message>
    <message>
        <source>Remaining</source>
        <translation>剩余</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
</context>
<context>
    <name>wb::panels::JobsPanel</name>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Jobs appear here when something runs. Press F5 to run the stages.</source>
        <translation>运行时任务会出现在这里。按 F5 运行各阶段。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>重新运行</translation>
    </message>
</context>
<context>
    <name>wb::panels::LayerTablePanel</name>
    <message>
        <source>Filter: conv  type:Conv|Gemm  cos&lt;0.99</source>
        <translation>筛选：conv  type:Conv|Gemm  cos&lt;0.99</translation>
    </message>
    <message>
        <source>Filter of the layer table</source>
        <translation>层表的筛选</translation>
    </message>
    <message>
        <source>Terms separated by blanks must all hold; | means or, - means not.
type:Conv|Gemm   name:/model\.22/   block:head   cos&lt;0.99   mixed&lt;goal   iso&lt;0.999
prec:int8   requested:f16   actual!=requested   up:NAME   down:NAME   worst:10   locked   edited   note:&quot;…&quot;</source>
        <translation>以空格分隔的条件须同时成立；| 表示或，- 表示非。
type:Conv|Gemm   name:/model\.22/   block:head   cos&lt;0.99   mixed&lt;goal   iso&lt;0.999
prec:int8   requested:f16   actual!=requested   up:NAME   down:NAME   worst:10   locked   edited   note:"…"</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Saved filters</source>
        <translation>已保存的筛选</translation>
    </message>
    <message>
        <source>Columns, import and export</source>
        <translation>列、导入与导出</translation>
    </message>
    <message>
        <source>Layer table</source>
        <translation>层表</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Compute the mixed network with these precisions (Ctrl+Enter)</source>
        <translation>以这些精度计算混合精度网络 (Ctrl+Enter)</translation>
    </message>
    <message>
        <source>The layers appear here after Import. Press F5 to run the stages.</source>
        <translation>导入后各层会出现在这里。按 F5 运行各阶段。</translation>
    </message>
    <message>
        <source>Open a model or a project to see its layers.</source>
        <translation>打开模型或工程以查看各层。</translation>
    </message>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n 层</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message numerus="yes">
        <source>%n layers edited since the last run</source>
        <translation>
            <numerusform>上次运行后编辑了 %n 层</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::panels::LogModel</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>内容</translation>
    </message>
</context>
<context>
    <name>wb::panels::LogPanel</name>
    <message>
        <source>Save log</source>
        <translation>保存日志</translation>
    </message>
    <message>
        <source>The log could not be written to %1.</source>
        <translation>无法将日志写入 %1。</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>All levels</source>
        <translation>所有级别</translation>
    </message>
    <message>
        <source>Info</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>All stages</source>
        <translation>所有阶段</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
</context>
<context>
    <name>wb::panels::MatchDialog</name>
    <message>
        <source>same name</source>
        <translation>名称相同</translation>
    </message>
    <message>
        <source>similar name</source>
        <translation>名称相似</translation>
    </message>
    <message>
        <source>same place</source>
        <translation>位置相同</translation>
    </message>
    <message>
        <source>no partner</source>
        <translation>没有对应</translation>
    </message>
    <message>
        <source>Import table</source>
        <translation>导入表</translation>
    </message>
    <message>
        <source>leave out</source>
        <translation>略过</translation>
    </message>
    <message>
        <source>In the table</source>
        <translation>表中</translation>
    </message>
    <message>
        <source>Match</source>
        <translation>匹配</translation>
    </message>
    <message>
        <source>In this network</source>
        <translation>此网络中</translation>
    </message>
    <message numerus="yes">
        <source>%n names of the table are not in this network. Check the suggested partners; nothing changes before you accept.</source>
        <translation>
            <numerusform>表中有 %n 个名称不在此网络中。请检查建议的对应层；接受之前不会有任何更改。</numerusform>
        </translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>Import precision table %1</source>
        <translation>导入混精度表 %1</translation>
    </message>
    <message>
        <source>Use calibration table %1</source>
        <translation>使用校准表 %1</translation>
    </message>
</context>
<context>
    <name>wb::panels::PipelinePanel</name>
    <message>
        <source>Stages</source>
        <translation>阶段</translation>
    </message>
</context>
<context>
    <name>wb::panels::ProblemsPanel</name>
    <message>
        <source>No problems. What goes wrong is listed here with what you can do.</source>
        <translation>没有问题。出错时会在这里列出原因和可行的办法。</translation>
    </message>
    <message>
        <source>Resolved (%1)</source>
        <translation>已解决 (%1)</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>(%1 times)</source>
        <translation>（%1 次）</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>wb::panels::ProjectFilesPanel</name>
    <message>
        <source>Project files</source>
        <translation>工程文件</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>缺失</translation>
    </message>
    <message numerus="yes">
        <source>%n images</source>
        <translation>
            <numerusform>%n 张</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::panels::RecentCard</name>
    <message>
        <source>today %1</source>
        <translation>今天 %1</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>d MMM</source>
        <comment>short date, Qt format</comment>
        <translation>M月d日</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation>定位…</translation>
    </message>
    <message>
        <source>not run yet</source>
        <translation>尚未运行</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消固定</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>固定</translation>
    </message>
    <message>
        <source>Remove from list</source>
        <translation>从列表中移除</translation>
    </message>
</context>
<context>
    <name>wb::panels::StageModel</name>
    <message>
        <source>Out of date: %1</source>
        <translation>已过期：%1</translation>
    </message>
    <message>
        <source>Waits for code generation</source>
        <translation>等待代码生成</translation>
    </message>
    <message>
        <source>Code generation for BM1684X is not in this version</source>
        <translation>本版本还不能为 BM1684X 生成代码</translation>
    </message>
</context>
<context>
    <name>wb::panels::StartPage</name>
    <message>
        <source>Quantise a network, see what it did to every layer, correct it, write the bmodel.</source>
        <translation>量化网络，查看每一层受到的影响，加以修正，生成 bmodel。</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation>最近的工程</translation>
    </message>
    <message>
        <source>Projects that you open appear here.</source>
        <translation>打开过的工程会出现在这里。</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Open sample project</source>
        <translation>打开示例工程</translation>
    </message>
    <message>
        <source>A small detector with 8 calibration images, ready to run</source>
        <translation>一个小型检测器和 8 张校准图片，可直接运行</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>打开模型…</translation>
    </message>
    <message>
        <source>ONNX</source>
        <translation>ONNX</translation>
    </message>
    <message>
        <source>New project…</source>
        <translation>新建工程…</translation>
    </message>
    <message>
        <source>Choose model, preprocessing and target</source>
        <translation>选择模型、预处理和目标芯片</translation>
    </message>
    <message>
        <source>Build a zoo…</source>
        <translation>构建模型库…</translation>
    </message>
    <message>
        <source>Many models in one batch: not in this version</source>
        <translation>批量处理多个模型：本版本尚不支持</translation>
    </message>
    <message>
        <source>Or drop a file anywhere in this window</source>
        <translation>或将文件拖放到此窗口的任意位置</translation>
    </message>
    <message>
        <source>model, project, calibration or precision table, folder of images</source>
        <translation>模型、工程、校准表或混精度表、图片文件夹</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
</context>
<context>
    <name>wb::workbench::DockTitle</name>
    <message>
        <source>Float or dock</source>
        <translation>浮动或停靠</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>wb::workbench::DropOverlay</name>
    <message>
        <source>Open project</source>
        <translation>打开工程</translation>
    </message>
    <message>
        <source>Open as model</source>
        <translation>作为模型打开</translation>
    </message>
    <message numerus="yes">
        <source>Use as calibration images (%n files)</source>
        <translation>
            <numerusform>用作校准图片（%n 个文件）</numerusform>
        </translation>
    </message>
    <message>
        <source>Load as calibration table</source>
        <translation>载入为校准表</translation>
    </message>
    <message>
        <source>Load as precision table</source>
        <translation>载入为混精度表</translation>
    </message>
    <message>
        <source>This kind of file is not known</source>
        <translation>无法识别这种文件</translation>
    </message>
</context>
<context>
    <name>wb::workbench::MainWindow</name>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>stopped unexpectedly</source>
        <translation>意外停止</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Layer table</source>
        <translation>层表</translation>
    </message>
    <message>
        <source>No project open</source>
        <translation>未打开工程</translation>
    </message>
    <message numerus="yes">
        <source>%n layers</source>
        <translation>
            <numerusform>%n 层</numerusform>
        </translation>
    </message>
    <message>
        <source>Mixed min cos</source>
        <translation>混合精度最小余弦</translation>
    </message>
    <message>
        <source>INT8 min cos</source>
        <translation>INT8 最小余弦</translation>
    </message>
    <message>
        <source>No problems</source>
        <translation>没有问题</translation>
    </message>
    <message numerus="yes">
        <source>%n problems</source>
        <translation>
            <numerusform>%n 个问题</numerusform>
        </translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Run to…</source>
        <translation>运行到…</translation>
    </message>
    <message>
        <source>%1 is out of date: %2 after it ran.</source>
        <translation>%1已过期：运行之后%2。</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>重新运行</translation>
    </message>
    <message>
        <source>Run again (about %1)</source>
        <translation>重新运行（约 %1）</translation>
    </message>
    <message>
        <source>Keep anyway</source>
        <translation>仍然保留</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Workbench</source>
        <translation>工作台</translation>
    </message>
    <message>
        <source>A job is still running. What is finished is kept.</source>
        <translation>仍有任务在运行。已完成的部分会保留。</translation>
    </message>
    <message>
        <source>Stop and keep partial</source>
        <translation>停止并保留已完成部分</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Save the changes to %1?</source>
        <translation>保存对 %1 的更改？</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Building many models in one batch is not in this version.</source>
        <translation>本版本还不能批量构建多个模型。</translation>
    </message>
    <message>
        <source>Locate %1</source>
        <translation>定位 %1</translation>
    </message>
    <message>
        <source>Projects (*.tpuwb)</source>
        <translation>工程 (*.tpuwb)</translation>
    </message>
    <message>
        <source>Pipeline</source>
        <translation>流程</translation>
    </message>
    <message>
        <source>Project files</source>
        <translation>工程文件</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Cosine plot</source>
        <translation>余弦曲线</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Search progress</source>
        <translation>搜索进度</translation>
    </message>
    <message>
        <source>Change target</source>
        <translation>更改目标芯片</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Models and projects (*.onnx *.tpuwb *.mlir);;All files (*)</source>
        <translation>模型与工程 (*.onnx *.tpuwb *.mlir);;所有文件 (*)</translation>
    </message>
    <message>
        <source>New project: choose a model</source>
        <translation>新建工程：选择模型</translation>
    </message>
    <message>
        <source>Models (*.onnx *.mlir);;All files (*)</source>
        <translation>模型 (*.onnx *.mlir);;所有文件 (*)</translation>
    </message>
    <message>
        <source>This sample detector loses boxes in INT8; a short precision table wins them back.</source>
        <translation>这个示例检测器在 INT8 下会丢失检测框；一张简短的混精度表即可找回。</translation>
    </message>
    <message>
        <source>Run all</source>
        <translation>全部运行</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>保存工程</translation>
    </message>
    <message numerus="yes">
        <source>Use %n calibration images</source>
        <translation>
            <numerusform>使用 %n 张校准图片</numerusform>
        </translation>
    </message>
    <message>
        <source>Load calibration table</source>
        <translation>载入校准表</translation>
    </message>
    <message numerus="yes">
        <source>Load precision table with %n layers</source>
        <translation>
            <numerusform>载入含 %n 层的混精度表</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n names of the table are not in this network.</source>
        <translation>
            <numerusform>表中有 %n 个名称不在此网络中。</numerusform>
        </translation>
    </message>
    <message>
        <source>Open a model first, then drop this here.</source>
        <translation>请先打开模型，再拖放到这里。</translation>
    </message>
    <message>
        <source>Unsaved changes to %1 from %2 were kept.</source>
        <translation>已保留 %2 对 %1 未保存的更改。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;New project…</source>
        <translation>新建工程(&amp;N)…</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>Open &amp;sample project</source>
        <translation>打开示例工程(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation>另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>Start page</source>
        <translation>起始页</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Undo: %1</source>
        <translation>撤销：%1</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Redo: %1</source>
        <translation>重做：%1</translation>
    </message>
    <message>
        <source>&amp;History…</source>
        <translation>历史(&amp;H)…</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Project as opened</source>
        <translation>打开时的工程</translation>
    </message>
    <message>
        <source>&amp;Find layer…</source>
        <translation>查找层(&amp;F)…</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>查找下一个</translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation>查找上一个</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>Fit graph</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>实际大小</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Frame selection</source>
        <translation>定位到所选</translation>
    </message>
    <message>
        <source>Minimap</source>
        <translation>缩略图</translation>
    </message>
    <message>
        <source>Next colouring</source>
        <translation>下一种着色</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Follow system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>Shapes and outputs…</source>
        <translation>形状与输出…</translation>
    </message>
    <message>
        <source>Preprocessing…</source>
        <translation>预处理…</translation>
    </message>
    <message>
        <source>Calibration…</source>
        <translation>校准…</translation>
    </message>
    <message>
        <source>Target and precision…</source>
        <translation>目标芯片与精度…</translation>
    </message>
    <message>
        <source>Test images…</source>
        <translation>测试图片…</translation>
    </message>
    <message>
        <source>Choose test images</source>
        <translation>选择测试图片</translation>
    </message>
    <message>
        <source>Pictures (*.jpg *.jpeg *.png *.bmp);;Tensor files (*.npz)</source>
        <translation>图片 (*.jpg *.jpeg *.png *.bmp);;张量文件 (*.npz)</translation>
    </message>
    <message numerus="yes">
        <source>Choose %n test images</source>
        <translation>
            <numerusform>选择 %n 张测试图片</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>Run to the selected stage</source>
        <translation>运行到所选阶段</translation>
    </message>
    <message>
        <source>Run &amp;all</source>
        <translation>全部运行(&amp;A)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>&amp;Table</source>
        <translation>表格(&amp;T)</translation>
    </message>
    <message>
        <source>Apply edits</source>
        <translation>应用编辑</translation>
    </message>
    <message>
        <source>Search precision table</source>
        <translation>搜索混精度表</translation>
    </message>
    <message>
        <source>Import precision table…</source>
        <translation>导入混精度表…</translation>
    </message>
    <message>
        <source>Export precision table…</source>
        <translation>导出混精度表…</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>比较(&amp;C)</translation>
    </message>
    <message>
        <source>Compare images</source>
        <translation>图像比较</translation>
    </message>
    <message>
        <source>Export plot…</source>
        <translation>导出曲线…</translation>
    </message>
    <message>
        <source>Export plot</source>
        <translation>导出曲线</translation>
    </message>
    <message>
        <source>Picture (*.png);;Document (*.pdf);;Numbers (*.csv)</source>
        <translation>图片 (*.png);;文档 (*.pdf);;数据 (*.csv)</translation>
    </message>
    <message>
        <source>&amp;Window</source>
        <translation>窗口(&amp;W)</translation>
    </message>
    <message>
        <source>Graph and table side by side</source>
        <translation>计算图与层表并排</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>重置布局</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Free software under the GPL, version 3 or later.</source>
        <translation>自由软件，遵循 GPL 第 3 版或更高版本。</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>计算图</translation>
    </message>
    <message>
        <source>Zoo</source>
        <translation>模型库</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标芯片</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>着色</translation>
    </message>
    <message>
        <source>This version quantises for BM1684X only.</source>
        <translation>本版本只为 BM1684X 量化。</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦相似度</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Search layers</source>
        <translation>搜索层</translation>
    </message>
</context>
<context>
    <name>wb::workbench::MessageBar</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭提示</translation>
    </message>
</context>
<context>
    <name>wb::workbench::Views</name>
    <message>
        <source>The graph of the network appears here after Import.</source>
        <translation>导入后网络的计算图会出现在这里。</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>The cosine of every layer appears here while the quantised network is compared with the reference.</source>
        <translation>量化网络与参考比较时，每层的余弦会出现在这里。</translation>
    </message>
    <message>
        <source>Quantise INT8</source>
        <translation>INT8 量化</translation>
    </message>
    <message>
        <source>This view is not part of this build.</source>
        <translation>此视图不在本次构建中。</translation>
    </message>
    <message numerus="yes">
        <source>Use %n layers as outputs</source>
        <translation>
            <numerusform>将 %n 层用作输出</numerusform>
        </translation>
    </message>
    <message>
        <source>Change goal</source>
        <translation>更改目标</translation>
    </message>
</context>
</TS>
