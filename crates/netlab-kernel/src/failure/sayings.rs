//! What `evcxr` says about variables, in the language of everything else that
//! the kernel says.

use std::sync::LazyLock;

use regex::Regex;

const BRACES: &str = "возьмите код в `{ }`, тогда она живёт только там";

/// The text of `evcxr`, and ours; `$1` and `$2` are names and types.
const SAYINGS: [(&str, &str); 8] = [
    (
        r"(?s)^The variable `(.+?)` is a closure, which cannot be persisted\..*",
        "переменная `$1` хранит замыкание, а переменная ячейки так не может: \
         напишите `let $1: Box<dyn Fn()> = Box::new(…)`, либо ",
    ),
    (
        r"(?s)^The variable `(.+?)` has type `(.+?)` which cannot be persisted\..*",
        "переменная `$1` хранит `$2`, а тип переменной ячейки должен иметь \
         имя: положите значение в `Box<dyn …>`, либо ",
    ),
    (
        r"(?s)^The variable `(.+?)` contains a reference with a non-static lifetime.*",
        "переменная `$1` хранит ссылку, а переменная ячейки так не может \
         (кроме `&'static`): храните само значение, либо ",
    ),
    (
        r"(?s)^Couldn't automatically determine type of variable `(.+?)`\..*",
        "не удалось найти тип переменной `$1`: напишите его, \
         `let $1: … = …`",
    ),
    (
        r"(?s)^Failed to determine type of variable `(.+?)`\. rustc suggested type (.+?), but that's private.*",
        "тип переменной `$1` снаружи не назвать: это `$2`; напишите тип, \
         который виден, либо ",
    ),
    (
        r"^Unrecognised command (:\S*)$",
        "команды `$1` нет; какие есть, покажет `:help`",
    ),
    (
        r"^Looks like you're missing a semicolon$",
        "похоже, в конце строки не хватает `;`",
    ),
    (
        r"^A type redefinition resulted in the following variables being lost: (.+)$",
        "тип определён заново, и переменные прежнего типа потеряны: $1",
    ),
];

static PATTERNS: LazyLock<[Regex; SAYINGS.len()]> = LazyLock::new(|| {
    SAYINGS.map(|(pattern, _)| Regex::new(pattern).expect("a pattern above"))
});

/// The text in Russian if `evcxr` says it; what the compiler says stays.
pub(crate) fn in_russian(text: &str) -> Option<String> {
    PATTERNS
        .iter()
        .zip(SAYINGS)
        .find_map(|(pattern, (_, ours))| {
            let found = pattern.captures(text)?;
            let mut said = String::new();
            found.expand(ours, &mut said);
            if ours.ends_with("либо ") {
                said += BRACES;
            }
            Some(said)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sayings_of_evcxr_are_in_russian() {
        for (text, ours) in [
            (
                "The variable `f` is a closure, which cannot be persisted.\nYou can",
                "переменная `f` хранит замыкание",
            ),
            (
                "The variable `r` contains a reference with a non-static lifetime so\ncan't",
                "переменная `r` хранит ссылку",
            ),
            (
                "Couldn't automatically determine type of variable `v`.\nPlease",
                "не удалось найти тип переменной `v`: напишите его, `let v: … = …`",
            ),
        ] {
            let said = in_russian(text).unwrap();
            assert!(said.starts_with(ours), "{said}");
        }
        assert_eq!(in_russian("cannot find value `x` in this scope"), None);
    }
}
