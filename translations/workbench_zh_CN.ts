<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>Actual</source>
        <translation>实际</translation>
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
        <translation>已编辑，尚未应用</translation>
    </message>
    <message>
        <source>Similarity</source>
        <translation>相似度</translation>
    </message>
    <message>
        <source>Isolated</source>
        <translation>单层误差</translation>
    </message>
    <message>
        <source>Cosine of the INT8 layer fed with FP32 inputs: its own error alone</source>
        <translation>INT8 层以 FP32 输入时的余弦：仅自身误差</translation>
    </message>
    <message>
        <source>Worst picture</source>
        <translation>最差图片</translation>
    </message>
    <message>
        <source>Lowest cosine over the pictures: INT8 → mixed</source>
        <translation>各图片的最低余弦：INT8 → 混合精度</translation>
    </message>
    <message>
        <source>SQNR</source>
        <translation>SQNR</translation>
    </message>
    <message>
        <source>Signal to quantisation noise: INT8 → mixed</source>
        <translation>信号与量化噪声之比：INT8 → 混合精度</translation>
    </message>
    <message>
        <source>Euclidean</source>
        <translation>欧氏</translation>
    </message>
    <message>
        <source>Euclidean similarity: INT8 → mixed</source>
        <translation>欧氏相似度：INT8 → 混合精度</translation>
    </message>
    <message>
        <source>Quantisation</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>范围</translation>
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
        <translation>层</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>块</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Read by</source>
        <translation>被读取</translation>
    </message>
    <message>
        <source>output of the network</source>
        <translation>网络输出</translation>
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
        <translation>本机用时</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>Run time of this layer on this computer, not on the chip</source>
        <translation>此层在本机（而非芯片）上的运行时间</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>属性</translation>
    </message>
    <message>
        <source>several</source>
        <translation>多个</translation>
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
        <translation>INT8</translation>
    </message>
    <message>
        <source>Mixed</source>
        <translation>混合精度</translation>
    </message>
    <message>
        <source>Together</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>not available in this version</source>
        <translation>本版本尚不提供</translation>
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
    <name>DetectionView</name>
    <message>
        <source>%1 missed</source>
        <translation>漏检 %1</translation>
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
    <message>
        <source>Folder with calibration pictures</source>
        <translation>校准图片文件夹</translation>
    </message>
    <message>
        <source>List of calibration files</source>
        <translation>校准文件列表</translation>
    </message>
    <message>
        <source>Lists (*.txt *.lst);;All files (*)</source>
        <translation>列表 (*.txt *.lst);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Calibrate with %1 pictures</source>
        <translation>用 %1 张图片校准</translation>
    </message>
    <message>
        <source>Tune with %1 pictures</source>
        <translation>用 %1 张图片调优</translation>
    </message>
    <message>
        <source>Calibration method %1</source>
        <translation>校准方法 %1</translation>
    </message>
    <message>
        <source>%1 histogram bins</source>
        <translation>%1 个直方图区间</translation>
    </message>
    <message>
        <source>Import calibration table</source>
        <translation>导入校准表</translation>
    </message>
    <message>
        <source>Calibration tables (*cali* *.txt);;All files (*)</source>
        <translation>校准表 (*cali* *.txt);;所有文件 (*)</translation>
    </message>
    <message numerus="yes">
        <source>%n thresholds of %1 are used</source>
        <translation>
            <numerusform>使用 %1 中的 %n 个阈值</numerusform>
        </translation>
    </message>
    <message>
        <source>Export calibration table</source>
        <translation>导出校准表</translation>
    </message>
    <message>
        <source>Calibration table written to %1</source>
        <translation>校准表已写入 %1</translation>
    </message>
    <message>
        <source>Calibrate instead of the imported table</source>
        <translation>改为校准，不用导入的表</translation>
    </message>
    <message>
        <source>Calibration list</source>
        <translation>校准列表</translation>
    </message>
    <message>
        <source>Calibration folder</source>
        <translation>校准文件夹</translation>
    </message>
    <message>
        <source>The imported table %1 is used; nothing is calibrated.</source>
        <translation>使用导入的表 %1；不进行校准。</translation>
    </message>
    <message>
        <source>The first %1 pictures are shown.</source>
        <translation>只显示前 %1 张图片。</translation>
    </message>
    <message numerus="yes">
        <source>%n pictures cannot be read and are skipped:</source>
        <translation>
            <numerusform>%n 张图片无法读取，已跳过：</numerusform>
        </translation>
    </message>
    <message>
        <source>No pictures there: %1</source>
        <translation>那里没有图片：%1</translation>
    </message>
    <message>
        <source>Choose a folder or a list of pictures like those the network will see.</source>
        <translation>请选择与实际输入相似的图片文件夹或列表。</translation>
    </message>
    <message numerus="yes">
        <source>%n pictures</source>
        <translation>
            <numerusform>%n 张图片</numerusform>
        </translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>约 %1</translation>
    </message>
    <message>
        <source>time is known after the first run</source>
        <translation>首次运行后可知用时</translation>
    </message>
    <message>
        <source>streamed, no work files</source>
        <translation>流式处理，不产生工作文件</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>folder or list file</source>
        <translation>文件夹或列表文件</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Choose a list file, one path a line</source>
        <translation>选择列表文件，每行一个路径</translation>
    </message>
    <message>
        <source>Use at most</source>
        <translation>最多使用</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Threshold by</source>
        <translation>阈值方法</translation>
    </message>
    <message>
        <source>KL divergence</source>
        <translation>KL 散度</translation>
    </message>
    <message>
        <source>Least square error</source>
        <translation>最小平方误差</translation>
    </message>
    <message>
        <source>Percentile 99.99</source>
        <translation>百分位 99.99</translation>
    </message>
    <message>
        <source>Maximum</source>
        <translation>最大值</translation>
    </message>
    <message>
        <source>KL is the vendor&apos;s default. Maximum clips nothing and is the coarsest.</source>
        <translation>KL 是厂商的默认方法。最大值法不截断，也最粗糙。</translation>
    </message>
    <message>
        <source>Recipe: %1</source>
        <translation>方案：%1</translation>
    </message>
    <message>
        <source>Tried on pictures held out of the calibration; the best is kept. Give 50 or more pictures.</source>
        <translation>在未参与校准的图片上比较，保留最好的结果。建议提供 50 张以上图片。</translation>
    </message>
    <message>
        <source>The vendor&apos;s thresholds and the network&apos;s own weights.</source>
        <translation>厂商的阈值与网络原有权重。</translation>
    </message>
    <message>
        <source>Kept: %1</source>
        <translation>保留：%1</translation>
    </message>
    <message>
        <source>On test pictures: %1 dB, the vendor&apos;s %2 dB</source>
        <translation>测试图片：%1 dB，厂商方法 %2 dB</translation>
    </message>
    <message>
        <source>Better INT8</source>
        <translation>改进 INT8</translation>
    </message>
    <message>
        <source>Ranges and weights that come nearer to the float network at about the same cost on the chip</source>
        <translation>在芯片开销大致相同的情况下，使范围与权重更接近浮点网络</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Ranges</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Ranges and weights</source>
        <translation>范围与权重</translation>
    </message>
    <message>
        <source>Histogram bins</source>
        <translation>直方图区间数</translation>
    </message>
    <message>
        <source>Tuning pictures</source>
        <translation>调优图片</translation>
    </message>
    <message>
        <source>no tuning</source>
        <translation>不调优</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表</translation>
    </message>
    <message>
        <source>Vendor&apos;s form</source>
        <translation>厂商格式</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Calibrate instead</source>
        <translation>改为校准</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Pictures used for calibration</source>
        <translation>校准所用图片</translation>
    </message>
    <message>
        <source>match</source>
        <translation>匹配</translation>
    </message>
    <message>
        <source>shifted</source>
        <translation>偏移</translation>
    </message>
    <message>
        <source>class changed</source>
        <translation>类别改变</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>漏检</translation>
    </message>
    <message>
        <source>extra</source>
        <translation>多检</translation>
    </message>
    <message>
        <source>mean IoU</source>
        <translation>平均 IoU</translation>
    </message>
    <message>
        <source>mean |Δ|</source>
        <translation>平均 |Δ|</translation>
    </message>
    <message>
        <source>P</source>
        <translation>P</translation>
    </message>
    <message>
        <source>R</source>
        <translation>R</translation>
    </message>
    <message>
        <source>F1</source>
        <translation>F1</translation>
    </message>
    <message numerus="yes">
        <source>All %n test pictures, against %1</source>
        <translation>
            <numerusform>全部 %n 张测试图片，对照 %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Goal: detections, F1 ≥ %1: met</source>
        <translation>目标：检测 F1 ≥ %1：已达到</translation>
    </message>
    <message>
        <source>Goal: detections, F1 ≥ %1: not met</source>
        <translation>目标：检测 F1 ≥ %1：未达到</translation>
    </message>
    <message>
        <source>The picture %1 cannot be read.</source>
        <translation>无法读取图片 %1。</translation>
    </message>
    <message>
        <source>Score limit</source>
        <translation>得分下限</translation>
    </message>
    <message>
        <source>NMS IoU</source>
        <translation>NMS IoU</translation>
    </message>
    <message>
        <source>Matching IoU</source>
        <translation>匹配 IoU</translation>
    </message>
    <message>
        <source>Link panes</source>
        <translation>联动窗格</translation>
    </message>
    <message>
        <source>Blink</source>
        <translation>闪烁对比</translation>
    </message>
    <message>
        <source>Hide boxes</source>
        <translation>隐藏框</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空间</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>Add pane</source>
        <translation>添加窗格</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Panes side by side as PNG…</source>
        <translation>并排窗格导出为 PNG…</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>参考</translation>
    </message>
    <message>
        <source>Judged</source>
        <translation>评判</translation>
    </message>
    <message>
        <source>Score at least</source>
        <translation>最低得分</translation>
    </message>
    <message>
        <source>Boxes below are not shown and not counted</source>
        <translation>低于此值的框不显示也不计数</translation>
    </message>
    <message>
        <source>Boxes of one class that overlap more are one</source>
        <translation>同类框重叠超过此值视为一个</translation>
    </message>
    <message>
        <source>Least overlap of a box with its reference</source>
        <translation>框与其参考的最小重叠</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>found</source>
        <translation>找到</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>丢失</translation>
    </message>
    <message>
        <source>What the numbers say</source>
        <translation>数据说明</translation>
    </message>
    <message>
        <source>Detections on the test pictures appear here after the stages Reference FP32 and Quantise. Add test pictures to the project and press F5.</source>
        <translation>FP32 参考与量化阶段之后，测试图片的检测结果会出现在这里。请向工程添加测试图片并按 F5。</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>检测框</translation>
    </message>
    <message>
        <source>Test pictures</source>
        <translation>测试图片</translation>
    </message>
    <message>
        <source>Preset %1</source>
        <translation>预设 %1</translation>
    </message>
    <message>
        <source>Keep aspect</source>
        <translation>保持宽高比</translation>
    </message>
    <message>
        <source>Resize height</source>
        <translation>缩放高度</translation>
    </message>
    <message>
        <source>Resize width</source>
        <translation>缩放宽度</translation>
    </message>
    <message>
        <source>Pad value</source>
        <translation>填充值</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Save or remove presets</source>
        <translation>保存或移除预设</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Colour order</source>
        <translation>颜色顺序</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>Resize to</source>
        <translation>缩放到</translation>
    </message>
    <message>
        <source>height </source>
        <translation>高 </translation>
    </message>
    <message>
        <source>width </source>
        <translation>宽 </translation>
    </message>
    <message>
        <source>Aspect</source>
        <translation>宽高比</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Pad</source>
        <translation>填充</translation>
    </message>
    <message>
        <source>value </source>
        <translation>值 </translation>
    </message>
    <message>
        <source>letterbox</source>
        <translation>letterbox</translation>
    </message>
    <message>
        <source>scale the short side, crop</source>
        <translation>缩放短边并裁剪</translation>
    </message>
    <message>
        <source>centred</source>
        <translation>居中</translation>
    </message>
    <message>
        <source>right and below</source>
        <translation>右侧和下方</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>A number or an expression: 0.0039216, 1/255, 0.485*255</source>
        <translation>数字或表达式：0.0039216、1/255、0.485*255</translation>
    </message>
    <message>
        <source>Mean of channel %1</source>
        <translation>通道 %1 的均值</translation>
    </message>
    <message>
        <source>Scale of channel %1</source>
        <translation>通道 %1 的缩放系数</translation>
    </message>
    <message>
        <source>Preview of</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Choose another picture</source>
        <translation>选择其他图片</translation>
    </message>
    <message>
        <source>Resized</source>
        <translation>缩放后</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>张量</translation>
    </message>
    <message>
        <source>own settings</source>
        <translation>自定义</translation>
    </message>
    <message>
        <source>Save as preset…</source>
        <translation>保存为预设…</translation>
    </message>
    <message>
        <source>Save preset</source>
        <translation>保存预设</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>移除 %1</translation>
    </message>
    <message>
        <source>“%1” is no number: %2</source>
        <translation>“%1” 不是数字：%2</translation>
    </message>
    <message>
        <source>y = x (tensor file, no preprocessing)</source>
        <translation>y = x（张量文件，无预处理）</translation>
    </message>
    <message>
        <source>The mean lies in 0–1 while the scale is 1/255: the mean is subtracted before scaling, so it should be in 0–255.</source>
        <translation>均值在 0–1 而缩放为 1/255：均值在缩放之前减去，应在 0–255 之间。</translation>
    </message>
    <message>
        <source>Picture for the preview</source>
        <translation>预览所用图片</translation>
    </message>
    <message>
        <source>Pictures (*.jpg *.jpeg *.png *.bmp)</source>
        <translation>图片 (*.jpg *.jpeg *.png *.bmp)</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>通道</translation>
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
        <source>σ</source>
        <translation>σ</translation>
    </message>
    <message>
        <source>Choose a picture above, or add test pictures to the project.</source>
        <translation>请在上方选择图片，或向工程添加测试图片。</translation>
    </message>
    <message>
        <source>The network takes tensor files.</source>
        <translation>网络使用张量文件作输入。</translation>
    </message>
    <message>
        <source>Search goal</source>
        <translation>搜索目标</translation>
    </message>
    <message>
        <source>Search layer goal</source>
        <translation>搜索层目标</translation>
    </message>
    <message>
        <source>Search pictures</source>
        <translation>搜索所用图片</translation>
    </message>
    <message>
        <source>Most float layers</source>
        <translation>浮点层上限</translation>
    </message>
    <message>
        <source>Output similarity</source>
        <translation>输出相似度</translation>
    </message>
    <message>
        <source>(1 + cosine) / 2 of the outputs, as the vendor&apos;s search counts</source>
        <translation>输出的 (1 + 余弦) / 2，与厂商的搜索相同</translation>
    </message>
    <message>
        <source>Layer similarity</source>
        <translation>层相似度</translation>
    </message>
    <message>
        <source>Float layers</source>
        <translation>浮点层</translation>
    </message>
    <message>
        <source>a quarter</source>
        <translation>四分之一</translation>
    </message>
    <message>
        <source>Ranked by gain</source>
        <translation>按增益排序</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Stop and keep best</source>
        <translation>停止并保留最佳</translation>
    </message>
    <message>
        <source>Use this table</source>
        <translation>使用此表</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Similarity</source>
        <translation>相似度</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>增益</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>决定</translation>
    </message>
    <message>
        <source>Layers tried by the search</source>
        <translation>搜索尝试过的层</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Searching</source>
        <translation>正在搜索</translation>
    </message>
    <message numerus="yes">
        <source>%n candidates</source>
        <translation>
            <numerusform>%n 个候选</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>best %1 with %n float layers</source>
        <translation>
            <numerusform>最佳 %1，%n 个浮点层</numerusform>
        </translation>
    </message>
    <message>
        <source>about %1 left</source>
        <translation>约剩 %1</translation>
    </message>
    <message>
        <source>Finds the layers that should stay float. Every candidate appears here as a dot.</source>
        <translation>找出应保持浮点的层。每个候选在此显示为一个点。</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>已保留</translation>
    </message>
    <message>
        <source>not kept</source>
        <translation>未保留</translation>
    </message>
    <message>
        <source>Click a dot to compare its table with the present one.</source>
        <translation>单击一个点，将其表与当前表比较。</translation>
    </message>
    <message>
        <source>%1 % float</source>
        <translation>浮点 %1 %</translation>
    </message>
    <message>
        <source>%1 % more cycles</source>
        <translation>周期多 %1 %</translation>
    </message>
    <message>
        <source>%1 · %2 · %3 more, %4 fewer float layers than now</source>
        <translation>%1 · %2 · 比现在多 %3、少 %4 个浮点层</translation>
    </message>
    <message>
        <source>Knapsack by cycles</source>
        <translation>按周期的背包搜索</translation>
    </message>
    <message>
        <source>Layers in order, as the vendor&apos;s run_qtable does</source>
        <translation>按顺序逐层，与厂商的 run_qtable 相同</translation>
    </message>
    <message>
        <source>As few float layers as suffice, by what each tensor&apos;s codes cost the outputs</source>
        <translation>按各张量的量化对输出的影响，取够用的最少浮点层</translation>
    </message>
    <message>
        <source>As few extra cycles as suffice, weighed by compiled networks</source>
        <translation>按编译后的网络计，取够用的最少额外周期</translation>
    </message>
    <message numerus="yes">
        <source>Use the searched table (%n float layers)</source>
        <translation>
            <numerusform>使用搜索得到的表（%n 个浮点层）</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The table is in the project: %n float layers. Compute it with Apply.</source>
        <translation>
            <numerusform>表已写入工程：%n 个浮点层。按“应用”进行计算。</numerusform>
        </translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>The search was discarded. The table is as it was.</source>
        <translation>搜索已放弃。表保持原样。</translation>
    </message>
    <message>
        <source>INT8 reaches %1, the goal is %2. Nothing to change.</source>
        <translation>INT8 达到 %1，目标为 %2。无需更改。</translation>
    </message>
    <message>
        <source>Set a stricter goal</source>
        <translation>设定更严格的目标</translation>
    </message>
    <message numerus="yes">
        <source>The mixed network reaches %1 with %n float layers; INT8 alone %2.</source>
        <translation>
            <numerusform>混合精度网络以 %n 个浮点层达到 %1；仅 INT8 为 %2。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The goal %1 was not reached. The best table gives %2 with %n float layers.</source>
        <translation>
            <numerusform>未达到目标 %1。最佳表以 %n 个浮点层得到 %2。</numerusform>
        </translation>
    </message>
    <message>
        <source>worst F1 first</source>
        <translation>F1 最差在前</translation>
    </message>
    <message>
        <source>Own: the size of the network&apos;s input</source>
        <translation>自身：网络输入的尺寸</translation>
    </message>
    <message>
        <source>height: own</source>
        <translation>高度：自身</translation>
    </message>
    <message>
        <source>width: own</source>
        <translation>宽度：自身</translation>
    </message>
    <message>
        <source>Vendor&apos;s walk</source>
        <translation>厂商的逐层搜索</translation>
    </message>
    <message>
        <source>Deploy in %1</source>
        <translation>以 %1 部署</translation>
    </message>
    <message>
        <source>Target %1</source>
        <translation>目标芯片 %1</translation>
    </message>
    <message>
        <source>Integer inputs</source>
        <translation>整数输入</translation>
    </message>
    <message>
        <source>Float inputs</source>
        <translation>浮点输入</translation>
    </message>
    <message>
        <source>Integer outputs</source>
        <translation>整数输出</translation>
    </message>
    <message>
        <source>Float outputs</source>
        <translation>浮点输出</translation>
    </message>
    <message>
        <source>Place of the bmodel</source>
        <translation>bmodel 的保存位置</translation>
    </message>
    <message>
        <source>Compiled networks (*.bmodel)</source>
        <translation>编译后的网络 (*.bmodel)</translation>
    </message>
    <message>
        <source>Cosine tolerance</source>
        <translation>余弦容差</translation>
    </message>
    <message>
        <source>Euclidean tolerance</source>
        <translation>欧氏容差</translation>
    </message>
    <message>
        <source>The command is on the clipboard.</source>
        <translation>命令已复制到剪贴板。</translation>
    </message>
    <message>
        <source>%1: quantised and checked, no bmodel is written for it.</source>
        <translation>%1：已量化并检查，但不为其写出 bmodel。</translation>
    </message>
    <message>
        <source>%1: not available in this version.</source>
        <translation>%1：本版本尚不提供。</translation>
    </message>
    <message numerus="yes">
        <source>Mixed: INT8, %n layers float</source>
        <translation>
            <numerusform>混合精度：INT8，%n 层浮点</numerusform>
        </translation>
    </message>
    <message>
        <source>The precision table is empty: this is plain INT8.</source>
        <translation>混精度表为空：即纯 INT8。</translation>
    </message>
    <message>
        <source>Only with INT8.</source>
        <translation>仅用于 INT8。</translation>
    </message>
    <message>
        <source>A line for the shell that writes the same bytes</source>
        <translation>可在终端执行的一行命令，写出相同的字节</translation>
    </message>
    <message>
        <source>Save the project first</source>
        <translation>请先保存工程</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Deploy and verify</source>
        <translation>部署并验证</translation>
    </message>
    <message>
        <source>What is written</source>
        <translation>输出内容</translation>
    </message>
    <message>
        <source>Chip</source>
        <translation>芯片</translation>
    </message>
    <message>
        <source>INT8</source>
        <translation>INT8</translation>
    </message>
    <message>
        <source>F16, all layers</source>
        <translation>F16，全部层</translation>
    </message>
    <message>
        <source>BF16, all layers</source>
        <translation>BF16，全部层</translation>
    </message>
    <message>
        <source>F32, all layers</source>
        <translation>F32，全部层</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>as integers, without a cast in the file</source>
        <translation>整数形式，文件中不含类型转换</translation>
    </message>
    <message>
        <source>Preprocessing in the file</source>
        <translation>预处理放入文件</translation>
    </message>
    <message>
        <source>Preprocessing by the host</source>
        <translation>预处理由主机完成</translation>
    </message>
    <message>
        <source>Pictures as %1</source>
        <translation>图像格式 %1</translation>
    </message>
    <message>
        <source>Only the video hardware of the CV18xx delivers it.</source>
        <translation>只有 CV18xx 的视频硬件提供这种格式。</translation>
    </message>
    <message>
        <source>The network takes other channels.</source>
        <translation>网络的通道与此不同。</translation>
    </message>
    <message>
        <source>Inputs are pictures of the network&apos;s size, 8 bits a channel; resizing stays with the host.</source>
        <translation>输入是与网络尺寸相同的图像，每通道 8 位；缩放仍由主机完成。</translation>
    </message>
    <message>
        <source>Preprocessing</source>
        <translation>预处理</translation>
    </message>
    <message>
        <source>inside the file</source>
        <translation>放入文件</translation>
    </message>
    <message>
        <source>Network&apos;s own</source>
        <translation>与网络相同</translation>
    </message>
    <message>
        <source>How pictures lie</source>
        <translation>图像的排列方式</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Choose a place</source>
        <translation>选择位置</translation>
    </message>
    <message>
        <source>If it exists</source>
        <translation>若文件已存在</translation>
    </message>
    <message>
        <source>Replace when complete</source>
        <translation>完成后替换</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>两者都保留</translation>
    </message>
    <message>
        <source>Check after writing</source>
        <translation>写出后的检查</translation>
    </message>
    <message>
        <source>Cosine at least</source>
        <translation>余弦不低于</translation>
    </message>
    <message>
        <source>Euclidean at least</source>
        <translation>欧氏不低于</translation>
    </message>
    <message>
        <source>Outputs against the FP32 reference. Below the tolerance the file is still written, named .failed.bmodel.</source>
        <translation>输出与 FP32 参考比较。低于容差时仍写出文件，名为 .failed.bmodel。</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>复制为命令</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Save a copy…</source>
        <translation>另存副本…</translation>
    </message>
    <message>
        <source>Compare images</source>
        <translation>图像比较</translation>
    </message>
    <message>
        <source>Raise their precision</source>
        <translation>提高这些层的精度</translation>
    </message>
    <message>
        <source>Change tolerance</source>
        <translation>修改容差</translation>
    </message>
    <message>
        <source>Steps of the run</source>
        <translation>运行步骤</translation>
    </message>
    <message>
        <source>Out of date: %1</source>
        <translation>已过期：%1</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>It did not succeed</source>
        <translation>未成功</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Nothing was written yet</source>
        <translation>尚未写出文件</translation>
    </message>
    <message>
        <source>The run compiles the network for the chip, runs the file in a simulator on the first test picture, and compares its outputs with the quantised network and the reference.</source>
        <translation>运行时为芯片编译网络，用第一张测试图片在仿真器中运行该文件，并将其输出与量化网络和参考比较。</translation>
    </message>
    <message>
        <source>least cosine %1, least euclidean %2</source>
        <translation>最低余弦 %1，最低欧氏 %2</translation>
    </message>
    <message>
        <source>not compared: the project has no test picture</source>
        <translation>未比较：工程没有测试图片</translation>
    </message>
    <message>
        <source>Passed: %1</source>
        <translation>通过：%1</translation>
    </message>
    <message>
        <source>Below the tolerance: %1</source>
        <translation>低于容差：%1</translation>
    </message>
    <message>
        <source>No bmodel was written: this version writes none for this chip. The numbers are of the quantised network.</source>
        <translation>未写出 bmodel：本版本不为该芯片写出 bmodel。数值来自量化网络。</translation>
    </message>
    <message numerus="yes">
        <source>The file differs from the quantised network in %n outputs.</source>
        <translation>
            <numerusform>文件有 %n 个输出与量化网络不同。</numerusform>
        </translation>
    </message>
    <message>
        <source>The file was written and is named .failed.bmodel.</source>
        <translation>文件已写出，名为 .failed.bmodel。</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Coefficients</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>激活</translation>
    </message>
    <message>
        <source>%1 cycles, %2 ms at 1 GHz</source>
        <translation>%1 周期，1 GHz 下 %2 ms</translation>
    </message>
    <message>
        <source>Time on the chip</source>
        <translation>芯片耗时</translation>
    </message>
    <message>
        <source>As the cycle simulator has it</source>
        <translation>由周期仿真器给出</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>%1 compute, %2 transfer</source>
        <translation>计算 %1，搬运 %2</translation>
    </message>
    <message>
        <source>Against FP32</source>
        <translation>与 FP32 比较</translation>
    </message>
    <message>
        <source>cosine %1 (≥ %2), euclidean %3 (≥ %4)</source>
        <translation>余弦 %1（≥ %2），欧氏 %3（≥ %4）</translation>
    </message>
    <message numerus="yes">
        <source>all %n outputs equal, byte for byte</source>
        <translation>
            <numerusform>全部 %n 个输出逐字节相同</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 outputs equal, least cosine %3</source>
        <translation>%2 个输出中 %1 个相同，最低余弦 %3</translation>
    </message>
    <message>
        <source>File against quantised</source>
        <translation>文件与量化网络</translation>
    </message>
    <message>
        <source>Worst layers</source>
        <translation>最差层</translation>
    </message>
    <message>
        <source>Most cycles</source>
        <translation>周期最多</translation>
    </message>
    <message>
        <source>Show timeline</source>
        <translation>显示时间线</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>着色</translation>
    </message>
    <message>
        <source>Longest wait (W)</source>
        <translation>最长等待 (W)</translation>
    </message>
    <message>
        <source>Zoom in (+)</source>
        <translation>放大 (+)</translation>
    </message>
    <message>
        <source>Zoom out (−)</source>
        <translation>缩小 (−)</translation>
    </message>
    <message>
        <source>Whole run (double click)</source>
        <translation>整个运行 (双击)</translation>
    </message>
    <message>
        <source>Computing the times…</source>
        <translation>正在计算时间…</translation>
    </message>
    <message>
        <source>%1 commands</source>
        <translation>%1 条指令</translation>
    </message>
    <message numerus="yes">
        <source>%n commands have a cost that no listing of the vendor&apos;s shows</source>
        <translation>
            <numerusform>有 %n 条指令的耗时在厂商的列表中没有出现过</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n short stays in local memory are not drawn</source>
        <translation>
            <numerusform>未绘制 %n 个在本地内存中停留很短的张量</numerusform>
        </translation>
    </message>
    <message>
        <source>Single pictures…</source>
        <translation>单张图片…</translation>
    </message>
    <message>
        <source>Table as CSV or JSON…</source>
        <translation>表格导出为 CSV 或 JSON…</translation>
    </message>
</context>
<context>
    <name>Private</name>
    <message>
        <source>Colour order</source>
        <translation>颜色顺序</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>Keep aspect</source>
        <translation>保持宽高比</translation>
    </message>
    <message>
        <source>Pad position</source>
        <translation>填充位置</translation>
    </message>
</context>
<context>
    <name>TimelineView</name>
    <message>
        <source>Cycles</source>
        <translation>周期</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>计算</translation>
    </message>
    <message>
        <source>Transfer</source>
        <translation>搬运</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>写回</translation>
    </message>
    <message>
        <source>Copy in DDR</source>
        <translation>DDR 内复制</translation>
    </message>
    <message>
        <source>Convolution</source>
        <translation>卷积</translation>
    </message>
    <message>
        <source>Matrix</source>
        <translation>矩阵</translation>
    </message>
    <message>
        <source>Element-wise</source>
        <translation>逐元素</translation>
    </message>
    <message>
        <source>Pooling</source>
        <translation>池化</translation>
    </message>
    <message>
        <source>Convert</source>
        <translation>转换</translation>
    </message>
    <message>
        <source>Look-up</source>
        <translation>查表</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Local memory</source>
        <translation>本地内存</translation>
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
    <message>
        <source>over the pictures %1 to %2</source>
        <translation>各图片间 %1 至 %2</translation>
    </message>
    <message>
        <source>Show its worst picture</source>
        <translation>显示其最差图片</translation>
    </message>
    <message>
        <source>worst picture</source>
        <translation>最差图片</translation>
    </message>
</context>
<context>
    <name>wb::detection_view::DetectionView</name>
    <message>
        <source>Pictures with boxes, one pane a variant</source>
        <translation>带框的图片，每个变体一个窗格</translation>
    </message>
    <message>
        <source>Run the network on a test picture to see its boxes.</source>
        <translation>在测试图片上运行网络以查看检测框。</translation>
    </message>
    <message>
        <source>Close this pane</source>
        <translation>关闭此窗格</translation>
    </message>
</context>
<context>
    <name>wb::detection_view::FilmStrip</name>
    <message>
        <source>Test pictures, worst first</source>
        <translation>测试图片，最差在前</translation>
    </message>
    <message>
        <source>%1, F1 %2</source>
        <translation>%1，F1 %2</translation>
    </message>
</context>
<context>
    <name>wb::detection_view::PicturePane</name>
    <message numerus="yes">
        <source>%1, %n boxes</source>
        <translation>
            <numerusform>%1，%n 个框</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n boxes</source>
        <translation>
            <numerusform>%n 个框</numerusform>
        </translation>
    </message>
    <message>
        <source>reference</source>
        <translation>参考</translation>
    </message>
    <message>
        <source>No picture for this variant yet.</source>
        <translation>此变体还没有图片。</translation>
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
    <message>
        <source>deploy settings</source>
        <translation>部署设置</translation>
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
        <source>quantised, no bmodel</source>
        <translation>已量化，无 bmodel</translation>
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
        <source>Bmodels for this chip are not in this version. The quantised model and its check are complete.</source>
        <translation>本版本不为该芯片写出 bmodel。量化模型及其检查已完成。</translation>
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
        <source>There are too few pictures for the recipe</source>
        <translation>图片太少，不足以执行该方案</translation>
    </message>
    <message>
        <source>An operator has no gradient</source>
        <translation>有算子没有梯度</translation>
    </message>
    <message>
        <source>The recipe could not try everything</source>
        <translation>该方案有些步骤无法尝试</translation>
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
        <source>This version has no files for that chip</source>
        <translation>本版本没有该芯片的文件</translation>
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
    <message>
        <source>%1 MB</source>
        <translation>%1 MB</translation>
    </message>
    <message>
        <source>%1 kB</source>
        <translation>%1 kB</translation>
    </message>
    <message>
        <source>below the tolerance</source>
        <translation>低于容差</translation>
    </message>
    <message>
        <source>check passed</source>
        <translation>检查通过</translation>
    </message>
    <message>
        <source>least cosine %1</source>
        <translation>最低余弦 %1</translation>
    </message>
    <message>
        <source>%1 cycles</source>
        <translation>%1 周期</translation>
    </message>
    <message>
        <source>Times of a bmodel</source>
        <translation>bmodel 的时间</translation>
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
    <name>wb::graph_view::GraphExport</name>
    <message>
        <source>There is no graph to export yet.</source>
        <translation>还没有可导出的计算图。</translation>
    </message>
    <message>
        <source>The picture would be %1 × %2 pixels. Export SVG or PDF, or the visible part.</source>
        <translation>图片将为 %1 × %2 像素。请导出 SVG 或 PDF，或只导出可见部分。</translation>
    </message>
    <message>
        <source>There is not enough memory for this picture.</source>
        <translation>内存不足以生成此图片。</translation>
    </message>
    <message>
        <source>%1 cannot be written.</source>
        <translation>无法写入 %1。</translation>
    </message>
    <message>
        <source>Choose a name that ends in .svg, .pdf or .png.</source>
        <translation>请选择以 .svg、.pdf 或 .png 结尾的名称。</translation>
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
    <name>wb::histogram_plot::HistogramCanvas</name>
    <message>
        <source>No values yet.</source>
        <translation>尚无数值。</translation>
    </message>
    <message>
        <source>threshold %1</source>
        <translation>阈值 %1</translation>
    </message>
</context>
<context>
    <name>wb::histogram_plot::HistogramPlot</name>
    <message>
        <source>clipped %1 %</source>
        <translation>截断 %1 %</translation>
    </message>
    <message>
        <source>clipped –</source>
        <translation>截断 –</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>步长 %1</translation>
    </message>
    <message>
        <source>Histogram of the tensor</source>
        <translation>张量的直方图</translation>
    </message>
    <message>
        <source>Histogram; arrow keys move the threshold</source>
        <translation>直方图；方向键移动阈值</translation>
    </message>
    <message>
        <source>log count</source>
        <translation>对数计数</translation>
    </message>
    <message>
        <source>sample</source>
        <translation>抽样</translation>
    </message>
    <message>
        <source>Drawn from a sample of the values; the numbers below are over all of them.</source>
        <translation>图由部分数值绘制；下方数字统计全部数值。</translation>
    </message>
</context>
<context>
    <name>wb::histogram_plot::PairPlot</name>
    <message>
        <source>Pairs of values, %1 and %2</source>
        <translation>成对数值，%1 与 %2</translation>
    </message>
    <message>
        <source>Differences, largest %1</source>
        <translation>差值，最大 %1</translation>
    </message>
    <message>
        <source>The two tensors cannot be paired.</source>
        <translation>两个张量无法配对。</translation>
    </message>
    <message>
        <source>→ %1   ↑ %2</source>
        <translation>→ %1   ↑ %2</translation>
    </message>
    <message>
        <source>%1 minus %2, log count</source>
        <translation>%1 减 %2，对数计数</translation>
    </message>
</context>
<context>
    <name>wb::histogram_plot::StatisticsTable</name>
    <message>
        <source>%1 values</source>
        <translation>%1 个值</translation>
    </message>
    <message>
        <source>min</source>
        <translation>最小值</translation>
    </message>
    <message>
        <source>max</source>
        <translation>最大值</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>zeros</source>
        <translation>零值</translation>
    </message>
    <message>
        <source>NaN, Inf</source>
        <translation>NaN、Inf</translation>
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
        <source>an output made of several</source>
        <translation>由几部分拼成的输出</translation>
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
    <message>
        <source>Cycles on the chip</source>
        <translation>芯片周期</translation>
    </message>
    <message>
        <source>Cycles</source>
        <translation>周期</translation>
    </message>
</context>
<context>
    <name>wb::panels::CompareTableModel</name>
    <message>
        <source>№</source>
        <translation>№</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Ref score</source>
        <translation>参考得分</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Δ score</source>
        <translation>Δ 得分</translation>
    </message>
    <message>
        <source>IoU</source>
        <translation>IoU</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Box x, y, w, h (px)</source>
        <translation>框 x, y, w, h (px)</translation>
    </message>
</context>
<context>
    <name>wb::panels::CompareWords</name>
    <message>
        <source>Source runtime</source>
        <translation>源运行时</translation>
    </message>
    <message>
        <source>FP32</source>
        <translation>FP32</translation>
    </message>
    <message>
        <source>INT8</source>
        <translation>INT8</translation>
    </message>
    <message>
        <source>Mixed</source>
        <translation>混合精度</translation>
    </message>
    <message>
        <source>match</source>
        <translation>匹配</translation>
    </message>
    <message>
        <source>shifted</source>
        <translation>偏移</translation>
    </message>
    <message>
        <source>class changed</source>
        <translation>类别改变</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>漏检</translation>
    </message>
    <message>
        <source>extra</source>
        <translation>多检</translation>
    </message>
    <message>
        <source>Scores sink together</source>
        <translation>得分整体下降</translation>
    </message>
    <message>
        <source>Boxes agree (mean IoU %1) but the median score falls by %2 on this picture. Look at the range of the head.</source>
        <translation>框一致（平均 IoU %1），但此图的得分中位数下降 %2。请查看检测头的范围。</translation>
    </message>
    <message>
        <source>Boxes are shifted</source>
        <translation>框有偏移</translation>
    </message>
    <message numerus="yes">
        <source>%n pairs overlap by %1 on average. Resize or padding may differ between the variants.</source>
        <translation>
            <numerusform>%n 对框平均重叠 %1。各变体的缩放或填充可能不同。</numerusform>
        </translation>
    </message>
    <message>
        <source>Classes change</source>
        <translation>类别改变</translation>
    </message>
    <message numerus="yes">
        <source>%n boxes keep their place and change their class. Check the colour order.</source>
        <translation>
            <numerusform>%n 个框位置不变但类别改变。请检查颜色顺序。</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing is found</source>
        <translation>没有检测到任何目标</translation>
    </message>
    <message numerus="yes">
        <source>None of the %n boxes of the reference is found. If the layers agree, look at the decoder and its thresholds.</source>
        <translation>
            <numerusform>参考的 %n 个框一个也没有找到。如果各层一致，请检查解码器及其阈值。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wb::panels::DeploySteps</name>
    <message>
        <source>Quantise</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Compile</source>
        <translation>编译</translation>
    </message>
    <message>
        <source>Simulate</source>
        <translation>仿真</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
</context>
<context>
    <name>wb::panels::FrontPlot</name>
    <message>
        <source>Candidates: accuracy against extra cycles</source>
        <translation>候选：精度与额外周期</translation>
    </message>
    <message>
        <source>Candidates: accuracy against float share</source>
        <translation>候选：精度与浮点占比</translation>
    </message>
    <message>
        <source>Dots are measured; the dotted line is what the tensors&apos; damages promise.</source>
        <translation>圆点为实测；虚线为按张量影响的预测。</translation>
    </message>
    <message>
        <source>Extra cycles over INT8, %</source>
        <translation>比 INT8 多的周期，%</translation>
    </message>
    <message>
        <source>Float share of the multiply-accumulates, %</source>
        <translation>浮点乘加占比，%</translation>
    </message>
</context>
<context>
    <name>wb::panels::ImportDialog</name>
    <message>
        <source>Outputs: the network&apos;s own</source>
        <translation>输出：网络自身的</translation>
    </message>
    <message numerus="yes">
        <source>Outputs: %n chosen</source>
        <translation>
            <numerusform>输出：已选 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Shapes and outputs</source>
        <translation>形状与输出</translation>
    </message>
    <message>
        <source>How %1 enters the project. Shapes fix what the file leaves open; other outputs cut the network there.</source>
        <translation>%1 如何进入工程。形状确定文件未定的尺寸；选择其他输出会在该处截断网络。</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Read with these shapes</source>
        <translation>按这些形状读取</translation>
    </message>
    <message>
        <source>The network&apos;s own</source>
        <translation>网络自身的</translation>
    </message>
    <message>
        <source>Find a layer</source>
        <translation>查找层</translation>
    </message>
    <message>
        <source>Layers that can be outputs</source>
        <translation>可作输出的层</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>算子</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>First node</source>
        <translation>首个节点</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message numerus="yes">
        <source>Use the %n YOLO head convolutions as outputs</source>
        <translation>
            <numerusform>将 %n 个 YOLO 检测头卷积用作输出</numerusform>
        </translation>
    </message>
    <message>
        <source>Each input needs sizes like 1×3×640×640.</source>
        <translation>每个输入都需要形如 1×3×640×640 的尺寸。</translation>
    </message>
    <message>
        <source>Reading the model…</source>
        <translation>正在读取模型…</translation>
    </message>
    <message>
        <source>Shape of input %1</source>
        <translation>输入 %1 的形状</translation>
    </message>
    <message>
        <source>Use %1</source>
        <translation>使用 %1</translation>
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
        <translation>选择其他层时保留此层</translation>
    </message>
    <message>
        <source>Requested</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>several</source>
        <translation>多个</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>The search leaves locked layers as they are</source>
        <translation>搜索不改动已锁定的层</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>What should be remembered of this layer</source>
        <translation>关于此层的备注</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>张量</translation>
    </message>
    <message>
        <source>Select a layer in the graph, the table or the plot to see what is known of it.</source>
        <translation>在图、表或曲线中选择一层，查看其全部信息。</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>INT8 · worst of %1</source>
        <translation>INT8 · %1 层中最差</translation>
    </message>
    <message>
        <source>INT8 · rank %1 of %2</source>
        <translation>INT8 · 第 %1（共 %2 层）</translation>
    </message>
    <message>
        <source>INT8</source>
        <translation>INT8</translation>
    </message>
    <message>
        <source>Mixed</source>
        <translation>混合精度</translation>
    </message>
    <message>
        <source>Mixed · %1</source>
        <translation>混合精度 · %1</translation>
    </message>
    <message>
        <source>INT8 · lowest</source>
        <translation>INT8 · 最低</translation>
    </message>
    <message>
        <source>Mixed · lowest</source>
        <translation>混合精度 · 最低</translation>
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
prec:int8   requested:f16   actual!=requested   up:NAME   down:NAME   worst:10   locked   edited   note:&quot;…&quot;</translation>
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
    <name>wb::panels::PictureStrip</name>
    <message>
        <source>unreadable</source>
        <translation>无法读取</translation>
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
    <name>wb::panels::PreprocessPanel</name>
    <message>
        <source>YOLO (RGB, letterbox, 1/255)</source>
        <translation>YOLO（RGB，letterbox，1/255）</translation>
    </message>
    <message>
        <source>ImageNet Caffe (BGR, mean only)</source>
        <translation>ImageNet Caffe（BGR，仅均值）</translation>
    </message>
    <message>
        <source>ImageNet Torch</source>
        <translation>ImageNet Torch</translation>
    </message>
    <message>
        <source>MobileNet Caffe (0.017)</source>
        <translation>MobileNet Caffe (0.017)</translation>
    </message>
    <message>
        <source>Raw 0–255</source>
        <translation>原始 0–255</translation>
    </message>
    <message>
        <source>Tensor file (npz, no preprocessing)</source>
        <translation>张量文件（npz，无预处理）</translation>
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
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>ONNX, TFLite, Caffe or TorchScript</source>
        <translation>ONNX、TFLite、Caffe 或 TorchScript</translation>
    </message>
    <message>
        <source>model, project, bmodel, calibration or precision table, folder of images</source>
        <translation>模型、项目、bmodel、校准表或混精度表、图片文件夹</translation>
    </message>
</context>
<context>
    <name>wb::panels::TargetPanel</name>
    <message>
        <source>Target %1</source>
        <translation>目标芯片 %1</translation>
    </message>
    <message>
        <source>Asymmetric INT8</source>
        <translation>非对称 INT8</translation>
    </message>
    <message>
        <source>Symmetric INT8</source>
        <translation>对称 INT8</translation>
    </message>
    <message>
        <source>Float type %1</source>
        <translation>浮点类型 %1</translation>
    </message>
    <message>
        <source>Layer goal</source>
        <translation>层目标</translation>
    </message>
    <message>
        <source>Output goal</source>
        <translation>输出目标</translation>
    </message>
    <message>
        <source>%1: not available in this version.</source>
        <translation>%1：本版本尚不提供。</translation>
    </message>
    <message>
        <source>%1 has no zero points. Use symmetric INT8 or choose BM1684X.</source>
        <translation>%1 没有零点。请使用对称 INT8，或选择 BM1684X。</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标芯片</translation>
    </message>
    <message>
        <source>Chip</source>
        <translation>芯片</translation>
    </message>
    <message>
        <source>INT8</source>
        <translation>INT8</translation>
    </message>
    <message>
        <source>Symmetric</source>
        <translation>对称</translation>
    </message>
    <message>
        <source>Asymmetric</source>
        <translation>非对称</translation>
    </message>
    <message>
        <source>Asymmetric keeps one-sided ranges finer and costs a zero point in every layer.</source>
        <translation>非对称对单侧范围更精细，但每层多一个零点。</translation>
    </message>
    <message>
        <source>Float means</source>
        <translation>浮点即</translation>
    </message>
    <message>
        <source>Greyed chips say why when you point at them.</source>
        <translation>指向灰色的芯片可查看原因。</translation>
    </message>
    <message>
        <source>Goals</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Output cosine</source>
        <translation>输出余弦</translation>
    </message>
    <message>
        <source>Layer cosine</source>
        <translation>层余弦</translation>
    </message>
    <message>
        <source>Drawn as lines in the cosine plot; “cos&lt;goal” filters by the layer goal.</source>
        <translation>在余弦曲线中画为横线；“cos&lt;goal” 按层目标筛选。</translation>
    </message>
</context>
<context>
    <name>wb::panels::TensorTab</name>
    <message>
        <source>FP32 and INT8</source>
        <translation>FP32 与 INT8</translation>
    </message>
    <message>
        <source>FP32 and mixed</source>
        <translation>FP32 与混合精度</translation>
    </message>
    <message>
        <source>Which values are compared</source>
        <translation>比较哪些数值</translation>
    </message>
    <message>
        <source>Select one layer to see its values.</source>
        <translation>选择一层以查看其数值。</translation>
    </message>
    <message>
        <source>The values appear after the stage Reference FP32. Press F5 to run the stages.</source>
        <translation>FP32 参考阶段之后会显示数值。按 F5 运行各阶段。</translation>
    </message>
    <message>
        <source>Reading the values…</source>
        <translation>正在读取数值…</translation>
    </message>
    <message>
        <source>There are no values of this layer.</source>
        <translation>此层没有数值。</translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation>直方图</translation>
    </message>
    <message>
        <source>Pairs</source>
        <translation>散点</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>差值</translation>
    </message>
    <message>
        <source>How the values are shown</source>
        <translation>数值的显示方式</translation>
    </message>
</context>
<context>
    <name>wb::panels::TimelineLegend</name>
    <message>
        <source>%1: %2 cycles</source>
        <translation>%1：%2 个周期</translation>
    </message>
</context>
<context>
    <name>wb::timeline::LayerTimeList</name>
    <message>
        <source>Longest layers</source>
        <translation>最耗时的层</translation>
    </message>
    <message>
        <source>%1: %2 % of the work, computes %3, transfers %4 cycles</source>
        <translation>%1：占总工作量 %2 %，计算 %3，搬运 %4 个周期</translation>
    </message>
    <message>
        <source>share of work</source>
        <translation>工作占比</translation>
    </message>
</context>
<context>
    <name>wb::timeline::TimelineView</name>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>The suffix .%1 is not known. Use .png, .svg or .csv.</source>
        <translation>不认识后缀 .%1。请用 .png、.svg 或 .csv。</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>无法写入 %1：%2</translation>
    </message>
    <message>
        <source>layer not known</source>
        <translation>未知的层</translation>
    </message>
    <message>
        <source>cycles %1 to %2</source>
        <translation>周期 %1 至 %2</translation>
    </message>
    <message numerus="yes">
        <source>%n commands drawn as one</source>
        <translation>
            <numerusform>%n 条指令合并绘制</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 cycles</source>
        <translation>%1 个周期</translation>
    </message>
    <message>
        <source>moves %1</source>
        <translation>搬运 %1</translation>
    </message>
    <message>
        <source>reads and writes %1</source>
        <translation>读写 %1</translation>
    </message>
    <message>
        <source>waited %1 cycles for %2</source>
        <translation>等待 %1 个周期：%2</translation>
    </message>
    <message>
        <source>waited for nothing</source>
        <translation>没有等待</translation>
    </message>
    <message>
        <source>cost extrapolated: no listing of the vendor&apos;s shows one like it</source>
        <translation>耗时为外推值：厂商的列表中没有这样的指令</translation>
    </message>
    <message>
        <source>%1 of each lane, from %2</source>
        <translation>每个通道 %1，起始 %2</translation>
    </message>
    <message>
        <source>computes %1, transfers %2 cycles</source>
        <translation>计算 %1，搬运 %2 个周期</translation>
    </message>
    <message>
        <source>Show on graph</source>
        <translation>在图中显示</translation>
    </message>
    <message>
        <source>Frame the layer</source>
        <translation>缩放到此层</translation>
    </message>
    <message>
        <source>Whole run</source>
        <translation>整个运行</translation>
    </message>
    <message>
        <source>Longest wait</source>
        <translation>最长等待</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
</context>
<context>
    <name>wb::workbench::CommandPalette</name>
    <message>
        <source>Action, @layer, &gt;stage or #setting</source>
        <translation>操作、@层、&gt;阶段 或 #设置</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>找到的项</translation>
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
    <message>
        <source>Show the timeline of the bmodel</source>
        <translation>显示此 bmodel 的时间线</translation>
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
        <source>New project: choose a model</source>
        <translation>新建工程：选择模型</translation>
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
    <message>
        <source>Language: %1</source>
        <translation>语言：%1</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>显示%1</translation>
    </message>
    <message>
        <source>Run to %1</source>
        <translation>运行到%1</translation>
    </message>
    <message>
        <source>Keyboard table</source>
        <translation>快捷键表</translation>
    </message>
    <message>
        <source>INT8, F16, BF16, F32, automatic for the selected layers</source>
        <translation>所选层设为 INT8、F16、BF16、F32、自动</translation>
    </message>
    <message>
        <source>Lock the selected layers</source>
        <translation>锁定所选层</translation>
    </message>
    <message>
        <source>Next, previous layer below the goal</source>
        <translation>下一个、上一个低于目标的层</translation>
    </message>
    <message>
        <source>Worst layer</source>
        <translation>最差层</translation>
    </message>
    <message>
        <source>Largest drop</source>
        <translation>最大下降</translation>
    </message>
    <message>
        <source>Scale of the plot</source>
        <translation>曲线刻度</translation>
    </message>
    <message>
        <source>Isolated error</source>
        <translation>单层误差</translation>
    </message>
    <message>
        <source>Frame the selection</source>
        <translation>框选所选层</translation>
    </message>
    <message>
        <source>Open, close a block</source>
        <translation>展开、折叠块</translation>
    </message>
    <message>
        <source>Visited layers</source>
        <translation>浏览过的层</translation>
    </message>
    <message>
        <source>Link the panes</source>
        <translation>联动窗格</translation>
    </message>
    <message>
        <source>Blink two variants</source>
        <translation>两个变体交替闪烁</translation>
    </message>
    <message>
        <source>Picture without boxes</source>
        <translation>不带框的图片</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Save layout</source>
        <translation>保存布局</translation>
    </message>
    <message>
        <source>Rename layout</source>
        <translation>重命名布局</translation>
    </message>
    <message>
        <source>Name of the layout</source>
        <translation>布局名称</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>Explore: graph and inspector</source>
        <translation>浏览：计算图与检查器</translation>
    </message>
    <message>
        <source>Quantise: graph, table and plot</source>
        <translation>量化：计算图、层表与曲线</translation>
    </message>
    <message>
        <source>Judge: images and plot</source>
        <translation>评判：图像与曲线</translation>
    </message>
    <message>
        <source>Save layout as…</source>
        <translation>布局另存为…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Go to layer…</source>
        <translation>转到层…</translation>
    </message>
    <message>
        <source>Command palette…</source>
        <translation>命令面板…</translation>
    </message>
    <message>
        <source>Deploy and verify…</source>
        <translation>部署并验证…</translation>
    </message>
    <message>
        <source>Show tips</source>
        <translation>显示提示</translation>
    </message>
    <message>
        <source>Export graph</source>
        <translation>导出计算图</translation>
    </message>
    <message>
        <source>Drawing (*.svg);;Document (*.pdf);;Picture (*.png)</source>
        <translation>矢量图 (*.svg);;文档 (*.pdf);;图片 (*.png)</translation>
    </message>
    <message>
        <source>Export current view…</source>
        <translation>导出当前视图…</translation>
    </message>
    <message>
        <source>Export whole graph…</source>
        <translation>导出整个计算图…</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Models and projects (*.onnx *.tflite *.prototxt *.caffemodel *.pt *.torchscript *.tpuwb *.mlir *.bmodel);;All files (*)</source>
        <translation>模型和项目 (*.onnx *.tflite *.prototxt *.caffemodel *.pt *.torchscript *.tpuwb *.mlir *.bmodel);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Models (*.onnx *.tflite *.prototxt *.caffemodel *.pt *.torchscript *.mlir);;All files (*)</source>
        <translation>模型 (*.onnx *.tflite *.prototxt *.caffemodel *.pt *.torchscript *.mlir);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Choose the layers of this Caffe model</source>
        <translation>选择此 Caffe 模型的网络文件</translation>
    </message>
    <message>
        <source>Caffe layers (*.prototxt);;All files (*)</source>
        <translation>Caffe 网络 (*.prototxt);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Choose the weights of this Caffe model</source>
        <translation>选择此 Caffe 模型的权重</translation>
    </message>
    <message>
        <source>Caffe weights (*.caffemodel);;All files (*)</source>
        <translation>Caffe 权重 (*.caffemodel);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Weights from %1</source>
        <translation>权重取自 %1</translation>
    </message>
    <message>
        <source>Timeline of the chip</source>
        <translation>芯片时间线</translation>
    </message>
    <message>
        <source>Time on chip</source>
        <translation>芯片耗时</translation>
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
    <name>wb::workbench::Tips</name>
    <message>
        <source>Eight stages, top to bottom</source>
        <translation>自上而下八个阶段</translation>
    </message>
    <message>
        <source>Run all computes what is missing. The arrow of a stage runs only up to there; its line says what came out.</source>
        <translation>“全部运行”计算缺少的部分。阶段旁的箭头只运行到该处，其下一行显示结果。</translation>
    </message>
    <message>
        <source>The worst layer</source>
        <translation>最差层</translation>
    </message>
    <message>
        <source>Every point is a layer, its height the similarity with the float network. The lowest one is where INT8 hurts most: click it, or press W.</source>
        <translation>每个点是一层，高度是与浮点网络的相似度。最低点是 INT8 损失最大处：点击它，或按 W。</translation>
    </message>
    <message>
        <source>Change its precision</source>
        <translation>修改精度</translation>
    </message>
    <message>
        <source>With rows selected press 2 for F16 or 1 for INT8, then Apply. Only what depends on them is computed again.</source>
        <translation>选中行后按 2 设为 F16，按 1 设为 INT8，然后点“应用”。只重新计算受影响的部分。</translation>
    </message>
    <message>
        <source>Look at the pictures</source>
        <translation>查看图片</translation>
    </message>
    <message>
        <source>Boxes of the quantised network beside those of the float one: lost, extra and shifted boxes are marked.</source>
        <translation>量化网络的框与浮点网络的框并排：丢失、多出和偏移的框都有标记。</translation>
    </message>
    <message>
        <source>Don&apos;t show again</source>
        <translation>不再显示</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
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
    <message>
        <source>The commands of both engines and the local memory of the chip appear here over time, once the network is compiled.</source>
        <translation>网络编译之后，这里按时间显示芯片两个引擎的指令和本地内存。</translation>
    </message>
</context>
</TS>
