//! The words of a Markdown text, without what is no Russian: code, the
//! targets and texts of links, HTML.

/// A piece of prose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A word or a number, in lower case and with е for ё.
    Word(String),
    /// A code span.
    Code(String),
    /// What stands between words: punctuation, the end of a paragraph, a link.
    Mark(char),
}

/// Tags that stand inside a phrase.
const INSIDE: [&str; 8] =
    ["b", "em", "i", "kbd", "span", "strong", "sub", "sup"];

/// The pieces of a text, in order.
pub(super) fn tokens(markdown: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let text = without_fences(markdown);
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '`' => code_span(rest, &mut tokens),
            '[' => link(rest, &mut tokens),
            '!' if rest.starts_with("![") => figure(rest, &mut tokens),
            '<' => tag(rest, &mut tokens),
            'h' if rest.starts_with("http") && rest.contains("://") => {
                address(rest, &mut tokens)
            }
            _ if first.is_alphanumeric() => word(rest, &mut tokens),
            _ if first.is_whitespace() => space(rest, &mut tokens),
            // Emphasis is no pause.
            '*' | '_' | '~' => first.len_utf8(),
            _ => {
                tokens.push(Token::Mark(first));
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

/// A word as it is compared.
pub(super) fn normal(word: &str) -> String {
    word.to_lowercase().replace('ё', "е")
}

fn without_fences(markdown: &str) -> String {
    let mut fenced = false;
    let lines = markdown.lines().map(|line| {
        let is_fence = line.trim_start().starts_with("```");
        fenced ^= is_fence;
        if fenced || is_fence { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn code_span(rest: &str, tokens: &mut Vec<Token>) -> usize {
    let ticks = rest.bytes().take_while(|byte| *byte == b'`').count();
    let fence = &rest[..ticks];
    match rest[ticks..].find(fence) {
        Some(length) => {
            let code = &rest[ticks..ticks + length];
            tokens.push(Token::Code(code.to_owned()));
            ticks + length + ticks
        }
        None => ticks,
    }
}

/// `[text](target)`: both belong to whoever is linked to.
fn link(rest: &str, tokens: &mut Vec<Token>) -> usize {
    tokens.push(Token::Mark('['));
    let target = rest.find(']').filter(|at| rest[at + 1..].starts_with('('));
    let end = target.and_then(|at| Some(at + rest[at..].find(')')? + 1));
    end.unwrap_or(1)
}

/// `![alt](target)`: the alternative text is ours.
fn figure(rest: &str, tokens: &mut Vec<Token>) -> usize {
    let Some((alt, _)) = rest[2..].split_once(']') else {
        return 2;
    };
    alternative(alt, tokens);
    // The target is skipped as that of a link.
    let bracket = 2 + alt.len();
    let end = rest[bracket..].find(')').map(|at| bracket + at + 1);
    end.unwrap_or(bracket + 1)
}

fn alternative(alt: &str, tokens: &mut Vec<Token>) {
    tokens.push(Token::Mark('['));
    tokens.extend(self::tokens(alt));
    tokens.push(Token::Mark(']'));
}

fn tag(rest: &str, tokens: &mut Vec<Token>) -> usize {
    let Some(end) = rest.find('>') else {
        tokens.push(Token::Mark('<'));
        return 1;
    };
    let inside = rest[1..end].trim_start_matches('/');
    let name: String = inside
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    if !rest[1..].starts_with('/') && (name == "code" || name == "pre") {
        let closing = format!("</{name}>");
        let Some(length) = rest[end + 1..].find(&closing) else {
            return end + 1;
        };
        let code = &rest[end + 1..end + 1 + length];
        tokens.push(Token::Code(code.to_owned()));
        return end + 1 + length + closing.len();
    }
    if let Some((_, alt)) = inside.split_once("alt=\"") {
        alternative(alt.split('"').next().unwrap_or_default(), tokens);
    } else if !INSIDE.contains(&name.as_str()) {
        tokens.push(Token::Mark('<'));
    }
    end + 1
}

fn address(rest: &str, tokens: &mut Vec<Token>) -> usize {
    tokens.push(Token::Mark('['));
    let end = rest.find(|c: char| c.is_whitespace() || c == ')' || c == '>');
    end.unwrap_or(rest.len())
}

/// A word; a hyphen between letters belongs to it.
fn word(rest: &str, tokens: &mut Vec<Token>) -> usize {
    let is_part = |at: usize, c: char| {
        let before_a_letter =
            || rest[at + 1..].starts_with(|c: char| c.is_alphanumeric());
        c.is_alphanumeric() || c == '-' && before_a_letter()
    };
    let end = rest.char_indices().find(|(at, c)| !is_part(*at, *c));
    let end = end.map_or(rest.len(), |(at, _)| at);
    tokens.push(Token::Word(normal(&rest[..end])));
    end
}

/// A phrase goes on in the next line, but not in the next paragraph.
fn space(rest: &str, tokens: &mut Vec<Token>) -> usize {
    let end = rest
        .find(|c: char| !c.is_whitespace())
        .unwrap_or(rest.len());
    if rest[..end].matches('\n').count() > 1 {
        tokens.push(Token::Mark('\n'));
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words, with `|` for what stands between them.
    fn read(markdown: &str) -> String {
        let words = tokens(markdown).into_iter().map(|token| match token {
            Token::Word(word) => word,
            Token::Code(code) => format!("<{code}>"),
            Token::Mark(_) => "|".to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_are_read_in_lower_case_without_emphasis() {
        assert_eq!(
            read("**Ещё** раз:\n_echo-сервер_"),
            "еще раз | echo-сервер"
        );
    }

    #[test]
    fn code_is_told_from_words() {
        assert_eq!(
            read("ядро `rust` и <code>fork</code>"),
            "ядро <rust> и <fork>"
        );
        assert_eq!(read("да\n```text\nлог\n```\nнет"), "да | нет");
    }

    #[test]
    fn links_and_tags_are_no_words() {
        assert_eq!(
            read("см. [про лог](https://a.b/лог) и всё"),
            "см | | и все"
        );
        assert_eq!(read("https://a.b/лог да"), "| да");
        assert_eq!(read("<div class=\"лог\">да</div>"), "| да |");
    }

    #[test]
    fn alternative_texts_are_read() {
        let text = "<img src=\"лог.svg\" alt=\"Два ядра\"> ![Один](лог.svg)";
        assert_eq!(read(text), "| два ядра | | один |");
    }

    #[test]
    fn phrase_ends_with_its_paragraph() {
        assert_eq!(read("раз\nдва\n\nтри"), "раз два | три");
    }
}
