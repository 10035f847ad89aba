//! «Ядро» is one word for three things: whose it is stands beside it.

use super::prose::Token;

const FORMS: [&str; 9] = [
    "ядро",
    "ядра",
    "ядру",
    "ядром",
    "ядре",
    "ядер",
    "ядрам",
    "ядрами",
    "ядрах",
];

/// Whose a kernel or core may be, as it stands after it.
const OWNERS: [&str; 9] = [
    "процессора",
    "процессоров",
    "системы",
    "систем",
    "блокнота",
    "блокнотов",
    "linux",
    "rust",
    "jupyter",
];

/// Who stands before it in the same phrase: «блокнот и его ядро».
const POSSESSIVES: [&str; 3] = ["его", "ее", "их"];

/// How the adjectives begin that may stand before it.
const ADJECTIVES: [&str; 3] = ["процессорн", "системн", "стоков"];

/// How far its owner may be: «ядра одного и того же процессора».
const REACH: usize = 5;

/// The kernels and cores that could be anybody's.
pub(super) fn ownerless(tokens: &[Token]) -> Vec<&str> {
    let words = tokens.iter().enumerate();
    words
        .filter_map(|(at, token)| match token {
            Token::Word(word) if FORMS.contains(&word.as_str()) => {
                Some((at, word.as_str()))
            }
            _ => None,
        })
        .filter(|(at, _)| {
            !is_named_before(&tokens[..*at])
                && !is_named_after(&tokens[at + 1..])
        })
        .map(|(_, word)| word)
        .collect()
}

fn is_named_before(tokens: &[Token]) -> bool {
    match tokens.last() {
        Some(Token::Word(word)) => {
            POSSESSIVES.contains(&word.as_str())
                || ADJECTIVES.iter().any(|stem| word.starts_with(stem))
        }
        _ => false,
    }
}

fn is_named_after(tokens: &[Token]) -> bool {
    for token in tokens.iter().take(REACH) {
        match token {
            Token::Word(word) if OWNERS.contains(&word.as_str()) => {
                return true;
            }
            // The name of a kernelspec.
            Token::Code(code) if code.starts_with("rust") => return true,
            Token::Word(_) | Token::Code(_) | Token::Mark('«' | '(') => {}
            Token::Mark(_) => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::prose::tokens;
    use super::*;

    #[test]
    fn kernel_with_its_owner_passes() {
        for text in [
            "Ядро процессора считает.",
            "в ядре системы",
            "два ядра одного и того же процессора",
            "ядро Linux",
            "Ядро `rust-evcxr` теряет их.",
            "В ядре «Rust (netlab)» прерывание переживут.",
            "ядро блокнота (`rust`)",
            "у стокового ядра и у процессорных ядер",
            "этот блокнот и его ядро",
            "ядерный",
        ] {
            assert!(ownerless(&tokens(text)).is_empty(), "{text}");
        }
    }

    #[test]
    fn kernel_of_nobody_is_found() {
        for text in [
            "Одно ядро или два",
            "Ядро ведёт очередь. Системы разные.",
            "в ядре `accept` берёт из очереди",
            "ядро отдаёт процессор",
        ] {
            assert_eq!(ownerless(&tokens(text)).len(), 1, "{text}");
        }
    }
}
