//! What a notebook does otherwise than a program.

use super::Mistake;

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "main that nobody calls",
        before: &[],
        cell: "fn main() {\n    println!(\"hi\");\n}",
        error: "",
        place: "",
        says: &["определена, но не вызвана", "`main();`"],
    },
    Mistake {
        name: "type defined anew",
        before: &[
            "#[derive(Debug)]\nstruct Point { x: i32 }\nlet point = Point { x: 1 };",
            "#[derive(Debug)]\nstruct Point { x: i32, y: i32 }",
        ],
        cell: "point",
        error: "E0425",
        place: "1:1",
        says: &["определён заново, и её значение потеряно"],
    },
    Mistake {
        name: "name that no cell has made",
        before: &[],
        cell: "println!(\"{}\", listener_of_mine);",
        error: "E0425",
        place: "1:16",
        says: &["cannot find value `listener_of_mine`"],
    },
    Mistake {
        name: "crate that is not there",
        before: &[],
        cell: "use tokyo::net::TcpListener;",
        error: "E0433",
        place: "1:5",
        says: &["tokyo"],
    },
    Mistake {
        name: "command that is none",
        before: &[],
        cell: ":foo",
        error: "CompileError",
        place: "1:1",
        says: &["команды `:foo` нет"],
    },
];
