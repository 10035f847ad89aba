//! Threads, locks and processes.

use super::Mistake;

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "thread that borrows",
        before: &[],
        cell: "let s = String::from(\"a\");\nstd::thread::spawn(|| println!(\"{s}\"));",
        error: "E0373",
        place: "2:20",
        says: &["closure may outlive", "Поток может жить дольше ячейки"],
    },
    Mistake {
        name: "Rc in a thread",
        before: &[],
        cell: "let n = std::rc::Rc::new(1);\nstd::thread::spawn(move || println!(\"{n}\"));",
        error: "E0277",
        place: "2:20",
        says: &["cannot be sent between threads safely"],
    },
    Mistake {
        name: "panic of a thread, joined",
        before: &[],
        cell: "let server = std::thread::spawn(|| {\n    panic!(\"no luck\");\n});\nserver.join().unwrap();",
        error: "panic",
        place: "2:5",
        says: &[
            "thread '<unnamed>' panicked at",
            "`Err` value: \"no luck\"",
            "In[1]:4:15",
        ],
    },
    Mistake {
        name: "index out of bounds in a thread, joined",
        before: &[],
        cell: "let v: Vec<u8> = Vec::new();\nlet first = std::thread::spawn(move || v[0]);\nlet n = first.join().unwrap();",
        error: "panic",
        place: "2:41",
        says: &[
            "`Err` value: \"index out of bounds: the len is 0 but the index is 0\"",
        ],
    },
    Mistake {
        name: "panic of a thread, joined with a question mark",
        before: &[],
        cell: "let worker = std::thread::spawn(|| {\n    panic!(\"no luck\");\n});\nworker.join()?;",
        error: "Box<dyn Any + Send>",
        place: "2:5",
        says: &["Box<dyn Any + Send>: no luck", "In[1]:4:14"],
    },
    Mistake {
        name: "thread joined twice",
        before: &[
            "let joins = std::thread::spawn(|| 1);",
            "joins.join().unwrap();",
        ],
        cell: "joins.join().unwrap();",
        error: "E0425",
        place: "1:1",
        says: &["`joins` создаёт ячейка [1]", "только один раз"],
    },
    Mistake {
        name: "panic in a scope",
        before: &[],
        cell: "std::thread::scope(|s| {\n    s.spawn(|| panic!(\"no luck\"));\n});",
        error: "panic",
        place: "2:16",
        says: &["a scoped thread panicked"],
    },
    Mistake {
        name: "nobody sends any more",
        before: &[],
        cell: "let (tx, rx) = std::sync::mpsc::channel::<u8>();\ndrop(tx);\nlet n = rx.recv().unwrap();",
        error: "panic",
        place: "3:19",
        says: &["RecvError"],
    },
    Mistake {
        name: "lock of a thread that panicked",
        before: &[
            "let shared = std::sync::Arc::new(std::sync::Mutex::new(0));\nlet other = shared.clone();\nlet _ = std::thread::spawn(move || {\n    let _guard = other.lock();\n    panic!(\"in the middle\");\n}).join();",
        ],
        cell: "*shared.lock().unwrap() += 1;",
        error: "panic",
        place: "1:16",
        says: &["PoisonError"],
    },
    Mistake {
        name: "endless recursion",
        before: &[
            "fn deep(n: u64) -> u64 {\n    1 + std::hint::black_box(deep(n + 1))\n}",
        ],
        cell: "deep(0)",
        error: "ProcessDied",
        place: "",
        says: &["переполнен стек", "переменные потеряны"],
    },
    Mistake {
        name: "endless recursion in a thread",
        before: &[
            "fn deeper(n: u64) -> u64 {\n    1 + std::hint::black_box(deeper(n + 1))\n}",
        ],
        cell: "let t = std::thread::Builder::new().name(\"client\".into());\nt.spawn(|| deeper(0))?.join().unwrap();",
        error: "ProcessDied",
        place: "",
        says: &["переполнен стек (поток «client»)"],
    },
    Mistake {
        name: "exit",
        before: &[],
        cell: "std::process::exit(3);",
        error: "ProcessDied",
        place: "",
        says: &["код возврата 3"],
    },
    Mistake {
        name: "abort",
        before: &[],
        cell: "std::process::abort();",
        error: "ProcessDied",
        place: "",
        says: &["SIGABRT"],
    },
    Mistake {
        name: "result of an async function",
        before: &[],
        cell: "async fn get() -> u8 { 1 }\nget() + 1",
        error: "E0369",
        place: "2:7",
        says: &["cannot add"],
    },
];
