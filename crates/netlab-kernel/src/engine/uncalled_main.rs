//! A `main` that was defined and that nothing calls: in a notebook nothing
//! does by itself.

use ra_ap_syntax::ast::{self, HasAttrs, HasModuleItem, HasName};
use ra_ap_syntax::{Edition, SourceFile};

use crate::commands::blanked;

/// What there is to say about a cell that is a whole program: it has a `main`,
/// and nothing but items. None for every other cell.
pub(super) fn remark(code: &str) -> Option<String> {
    let parsed = SourceFile::parse(&blanked(code), Edition::Edition2024);
    if !parsed.errors().is_empty() {
        return None;
    }
    let mut main = None;
    for item in parsed.tree().items() {
        match item {
            ast::Item::MacroCall(_) => return None,
            ast::Item::Fn(function)
                if function.name().is_some_and(|it| it.text() == "main") =>
            {
                main = Some(function);
            }
            _ => {}
        }
    }
    let main = main?;
    // An attribute such as `#[tokio::main]` makes a plain function of it.
    let call = match main.async_token().is_some() && main.attrs().count() == 0 {
        true => "netlab::block_on(main())",
        false => "main()",
    };
    let result = if main.ret_type().is_some() { "?" } else { "" };
    Some(format!(
        "Функция `main` определена, но не вызвана: в блокноте код пишут прямо \
         в ячейке, без `main`.\nВыполнить её можно строкой `{call}{result};`\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn program_is_remarked_on() {
        for (code, call) in [
            ("fn main() {\n    println!(\"hi\");\n}", "`main();`"),
            (
                "use std::io;\nfn main() -> io::Result<()> { Ok(()) }",
                "main()?",
            ),
            ("struct A;\nfn f() {}\npub fn main() { f() }", "`main();`"),
            ("#[tokio::main]\nasync fn main() {}", "`main();`"),
            ("async fn main() {}", "netlab::block_on(main());"),
            (":dep netlab\nfn main() {}", "`main();`"),
        ] {
            let said = remark(code).expect(code);
            assert!(said.contains(call), "{said}");
        }
    }

    #[test]
    fn cell_that_does_something_is_not() {
        for code in [
            "fn main() {}\nmain()",
            "fn main() {}\nmain();",
            "fn main() {}\nlet a = 1;",
            "fn main() {}\nprintln!(\"hi\");",
            "fn server() {}",
            "mod a { fn main() {} }",
            "// fn main() {}",
            "",
        ] {
            assert_eq!(remark(code), None, "{code}");
        }
    }
}
