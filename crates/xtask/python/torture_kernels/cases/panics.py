"""Cells that panic or fail."""

from torture_kernels.cases.case import NETLAB, case

PANICS = [
    case("panic", 'panic!("on purpose");', error="on purpose"),
    case("index out of bounds", "let v = vec![1]; v[7]", error="index out of bounds"),
    case(
        "failed ?",
        'std::fs::read_to_string("/no/such/file")?;',
        error="No such file",
    ),
    case(
        "panic in a thread",
        'std::thread::spawn(|| panic!("in a thread")).join().is_err()',
    ),
    case(
        "panic in Drop",
        """
        struct D;
        impl Drop for D { fn drop(&mut self) { panic!("in drop"); } }
        { let d = D; }
        """,
        error="in drop",
    ),
    case(
        "panic in Drop during a panic",
        """
        struct D;
        impl Drop for D { fn drop(&mut self) { panic!("in drop"); } }
        { let d = D; panic!("first"); }
        """,
        may_lose=True,
        error="",
    ),
    case(
        "panic with a locked mutex",
        """
        let m = std::sync::Arc::new(std::sync::Mutex::new(0));
        {
            let held = m.lock().unwrap();
            panic!("while it is locked");
        }
        """,
        error="while it is locked",
    ),
    case(
        "panic in a task",
        """
        let rt = netlab::runtime()?;
        rt.spawn(async { panic!("in a task") });
        """,
        before=NETLAB,
    ),
    case(
        "panic in Debug of the result",
        """
        struct D;
        impl std::fmt::Debug for D {
            fn fmt(&self, _: &mut std::fmt::Formatter) -> std::fmt::Result {
                panic!("in debug")
            }
        }
        D
        """,
        error="in debug",
    ),
]
