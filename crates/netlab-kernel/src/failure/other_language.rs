//! A cell in another language than Rust: one sentence in place of a wall of
//! syntax errors.
//!
//! Only a cell that does not compile comes here, and only a line that can't be
//! Rust is a sign: at its place, outside of strings, comments and brackets, no
//! Rust program can have these words.

use std::sync::LazyLock;

use regex::Regex;

use super::scan::Scan;
use super::{Failure, pointer};

/// The name of the error.
const NAME: &str = "NotRust";

const PYTHON: &str = "Python";
const C: &str = "C";
const SHELL: &str = "команду оболочки";
const IPYTHON: &str = "команду IPython";

const BLOCK: &str = "вместо двоеточия и отступа тело пишут в `{ … }`";
const WITH_BANG: &str = "поставьте перед командой `!` в начале ячейки, и её \
     выполнит оболочка";

/// How a line looks, what that is, and what to do. A `name` in a pattern is
/// one that the compiler must not know: without it the line could be Rust.
const SIGNS: [(&str, &str, &str); 24] = [
    (
        r"^import [A-Za-z_][\w.]*( as \w+)?(\s*,\s*[\w.]+( as \w+)?)*(\s*#.*)?$",
        PYTHON,
        "вместо `import …` пишут `use …;`",
    ),
    (
        r"^from [\w.]+ import [\w*(]",
        PYTHON,
        "вместо `from … import …` пишут `use …;`",
    ),
    (
        r"^(async )?def \w+\s*\(",
        PYTHON,
        "вместо `def f(x):` пишут `fn f(x: i32) { … }`",
    ),
    (
        r"^class \w+\s*(\([^)]*\))?:",
        PYTHON,
        "вместо `class A:` пишут `struct A { … }` и `impl A { … }`",
    ),
    (
        r"^(async )?for .+ in (range\(.*\):|[^{|]*[^:{|]:(\s*#.*)?$)",
        PYTHON,
        "вместо `for i in range(3):` пишут `for i in 0..3 { … }`",
    ),
    (r"^(if|elif|while) [^{|]*[^:{|]:(\s*#.*)?$", PYTHON, BLOCK),
    (
        r"^(else|try|finally|except( [\w., ()]+)?|with .+ as \w+):(\s*#.*)?$",
        PYTHON,
        BLOCK,
    ),
    (
        r#"^print(\(f["']| ["']|\('[^'\\]{2,}')"#,
        PYTHON,
        "вместо `print(…)` пишут `println!(\"…\");`",
    ),
    (
        r#"^(?<name>print)\(.*\)$"#,
        PYTHON,
        "вместо `print(…)` пишут `println!(\"…\");`",
    ),
    (
        r"^\w+ = socket\.socket\((socket\.[A-Z_]+|\))",
        PYTHON,
        "вместо `socket.socket()` и `bind` пишут \
         `TcpListener::bind(\"127.0.0.1:0\")?`",
    ),
    (
        r"^(\w+ = )?\w+\.\w+\(\('[^'\\]{2,}',",
        PYTHON,
        "вместо `('127.0.0.1', 8080)` пишут `\"127.0.0.1:8080\"`",
    ),
    (
        r"^# \w",
        "комментарий Python",
        "здесь комментарий начинают с `//`",
    ),
    (r"^%%(ba|z)?sh\b", IPYTHON, WITH_BANG),
    (
        r"^%%?time(it)?\b",
        IPYTHON,
        "время ячеек показывает команда `:timing`",
    ),
    (
        r"^%%?[A-Za-z]",
        IPYTHON,
        "команды ядра блокнота покажет `:help`",
    ),
    (
        r"^(\$ |sudo |pip3? |python3? |apt(-get)? |cargo |git |cd |ls |cat |echo |curl |wget |ping |mkdir |rm |cp |mv |nc |ps |kill )[\w]",
        SHELL,
        WITH_BANG,
    ),
    (
        r"^(telnet|ncat|lsof|man|strace|grep|killall|pkill|export|which) [\w./]",
        SHELL,
        WITH_BANG,
    ),
    // An option and something else: between two names Rust has an operator.
    (
        r"^(nc|ncat|curl|wget|ping|kill|lsof|strace|grep|python3?) -\w+ [\w.:/]",
        SHELL,
        WITH_BANG,
    ),
    (
        r"^(?<name>ls|pwd|cd|cat|ps|ss|netstat|whoami|clear|date)( -\w+| [/.~]\S*)*$",
        SHELL,
        WITH_BANG,
    ),
    (
        r"^!\s*(?<name>ls|pwd|cat|ps|ss|netstat|whoami|date|echo|pip|curl)\b",
        SHELL,
        "строки с `!` стоят в начале ячейки, до кода на Rust",
    ),
    (
        r"^!\s*(ls|cat|ps|echo|pip3?|cargo|curl|wget|git|nc|python3?) \w",
        SHELL,
        "строки с `!` стоят в начале ячейки, до кода на Rust",
    ),
    (
        r#"^#\s*include\s*[<"]"#,
        C,
        "вместо `#include …` пишут `use …;`",
    ),
    (
        r"^(int|void) \w+\s*\(",
        C,
        "вместо `int f(int x)` пишут `fn f(x: i32) -> i32 { … }`",
    ),
    (
        r"^(function \w+|(?<name>console)\.log)\s*\(",
        "JavaScript",
        "функция здесь `fn f() { … }`, а печатает `println!(\"…\");`",
    ),
];

static PATTERNS: LazyLock<[Regex; SIGNS.len()]> = LazyLock::new(|| {
    SIGNS.map(|(pattern, ..)| Regex::new(pattern).expect("a pattern above"))
});

/// The failure of a cell in another language; None if it may be Rust.
/// `is_unknown` says whether the compiler has not found this name.
pub(crate) fn failure(
    code: &str,
    count: u32,
    is_unknown: impl Fn(&str) -> bool,
) -> Option<Failure> {
    let (at, language, advice) = recognise(code, is_unknown)?;
    let value = format!(
        "ядро блокнота исполняет Rust, а это похоже на {language}: {advice}"
    );
    Some(Failure::new(
        NAME,
        value,
        pointer::lines(count, code, at, ""),
    ))
}

/// The first line that is no Rust.
fn recognise(
    code: &str,
    is_unknown: impl Fn(&str) -> bool,
) -> Option<(usize, &'static str, &'static str)> {
    let lines = Scan::of(code).outer_lines();
    lines.iter().enumerate().find_map(|(number, (at, line))| {
        let signs = PATTERNS.iter().zip(SIGNS);
        let mut fitting =
            signs.filter_map(|(pattern, (_, language, advice))| {
                // A line of Rust may begin with an operator, a cell does not.
                if number > 0 && line.starts_with('%') {
                    return None;
                }
                let fits = pattern.captures(line)?;
                let name = fits.name("name").map(|name| name.as_str());
                name.is_none_or(&is_unknown)
                    .then_some((*at, language, advice))
            });
        fitting.next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(code: &str) -> Option<&'static str> {
        recognise(code, |_| true).map(|(_, language, _)| language)
    }

    #[test]
    fn other_languages_are_recognised() {
        for (code, expected) in [
            ("import socket", PYTHON),
            ("import numpy as np, os  # both", PYTHON),
            ("from socket import *", PYTHON),
            ("x = 1\ndef f(a, b):\n    return a", PYTHON),
            ("class A(Base):\n    pass", PYTHON),
            ("for i in range(3):\n    print(i)", PYTHON),
            ("for i in range(3): print(i)", PYTHON),
            ("for line in lines:\n    print(line)", PYTHON),
            ("while True:\n    pass", PYTHON),
            ("if f(x) == 3:  # why\n    g()", PYTHON),
            ("try:\n    f()\nexcept OSError as e:\n    pass", PYTHON),
            ("with socket.socket() as s:\n    s.bind(a)", PYTHON),
            ("print(\"hi\")", PYTHON),
            ("print('it is')", PYTHON),
            ("print(f\"{x}\")", PYTHON),
            ("print \"hi\"", PYTHON),
            ("# a server\nserver()", "комментарий Python"),
            (
                "s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
                PYTHON,
            ),
            ("s.bind(('127.0.0.1', 8080))", PYTHON),
            ("%%bash\nls", IPYTHON),
            ("%time f()", IPYTHON),
            ("%matplotlib inline", IPYTHON),
            ("pip install socket", SHELL),
            ("ls", SHELL),
            ("ls -l", SHELL),
            ("ls /tmp", SHELL),
            ("cat /etc/hosts", SHELL),
            ("cd ..", SHELL),
            ("$ cargo run", SHELL),
            ("nc -l 8080", SHELL),
            ("telnet localhost 8080", SHELL),
            ("lsof -i :8080", SHELL),
            ("kill -9 1234", SHELL),
            ("man 2 bind", SHELL),
            ("curl -s 127.0.0.1:8080", SHELL),
            ("let a = 1;\n!ls -l", SHELL),
            ("#include <stdio.h>\nint main() {}", C),
            ("int main() {\n  return 0;\n}", C),
            ("console.log(1)", "JavaScript"),
        ] {
            assert_eq!(language(code), Some(expected), "{code}");
        }
    }

    #[test]
    fn place_is_that_of_the_first_sign() {
        let failure = failure("// ж\n\n  import os", 4, |_| false).unwrap();
        assert_eq!(failure.traceback[1], "In[4]:3:3");
    }

    #[test]
    fn nothing_of_rust_is_taken_for_something_else() {
        for code in [
            "print!(\"hi\")",
            "println!(\"{x}\");",
            "let import = 1; import + 1",
            "import(1);\nimport = 2;",
            "let s = \"\nimport os\nfor i in x:\n\";",
            "/*\nimport os\n# x\n*/ f()",
            "// import os\nf()",
            "python! {\nimport os\n}",
            "for i in std::iter::once(1) {}",
            "for i in std::\n    iter::once(1) {}",
            "if a // why:\n{ b }",
            "if a == \"x:\ny\" { b }",
            "if let A { x:\n1 } = y { z }",
            "while f(|x:\nu8| x) {}",
            "let a = b\n%time;",
            "let a = b\n% c;",
            "!flag",
            "!is_empty(&a)",
            "ls.accept()",
            "ls - l;",
            "kill - 9;\nnc -l;",
            "s.send(('a', 'b'));",
            "let ls = 1;\nls + 1",
            "cat(1)",
            "echo (1);",
            "#[derive(Debug)]\nstruct A;",
            "# [allow(dead_code)]\nfn f() {}",
            "#![allow(unused)]\nf()",
            ":dep netlab\nuse netlab::*;",
            "!ls\nlet a = 1;",
            "fn main() {\nimport os\n}",
            "match x {\n1 =>\n2,\n}",
            "'outer: loop {}",
            "union U { a: u8 }",
            "let x: [u8; 2] =\n[1, 2];",
            "date.year()",
            "int(1);",
            "impl A\nfor B {}",
            "'a'..='b'",
            "async fn f() {}",
        ] {
            assert_eq!(language(code), None, "{code}");
        }
        // What could be Rust is Rust as long as its names are known.
        for code in ["print(\"hi\")", "ls", "ls - l", "console.log(1)", "!ls"] {
            assert!(recognise(code, |_| false).is_none(), "{code}");
        }
    }
}
