!t = tensor<1x2xf32>
#mode = #tpu<round_mode HalfUp>
// a comment with loc("x")
module attributes {module.name = "old"} {
  func.func @main(%arg0: !t {x = 1} loc("f.py":1:2)) -> (!t {y = "}"}) attributes {z} {
    %in = "top.Input"(%arg0) : (!t) -> !t loc("in"("f.py":3:4))
    %a = "top.Relu"(%in) <{mode = #mode, limit = 1.5 : f32}> {extra} : (!t) -> tensor<1x2xf32>
    %b = "top.Relu"(%a) : (!t) -> !t loc(fused<"meta">["b", "c"])
    func.return %b : !t
  }
}
