//! What of a Markdown text is read on the slide.

/// The text without what is folded away, `<details>…</details>`.
pub(super) fn without_details(markdown: &str) -> String {
    let mut shown = String::new();
    let mut depth = 0_usize;
    let mut rest = markdown;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        if depth == 0 {
            shown += before;
        }
        if let Some(after) = tag.strip_prefix("</details>") {
            depth = depth.saturating_sub(1);
            rest = after;
            continue;
        }
        depth += usize::from(tag.starts_with("<details"));
        if depth == 0 {
            shown.push('<');
        }
        rest = &tag[1..];
    }
    if depth == 0 {
        shown += rest;
    }
    shown
}

/// How many words are read on the slide; tables, figures and what is folded
/// away are looked at, not read.
pub(super) fn words(markdown: &str) -> usize {
    without_details(markdown)
        .lines()
        .filter(|line| !line.starts_with('|') && !line.starts_with("<img"))
        .flat_map(str::split_whitespace)
        .filter(|word| word.chars().any(char::is_alphabetic))
        .count()
}

/// Whether it says something: more than a heading, a table, a figure, code or
/// what is folded away.
pub(super) fn has_prose(markdown: &str) -> bool {
    let mut fenced = false;
    without_details(markdown).lines().any(|line| {
        let line = line.trim_start();
        let is_fence = line.starts_with("```");
        fenced ^= is_fence;
        let is_other = is_fence || line.starts_with(['#', '|', '<']);
        !fenced && !is_other && line.chars().any(char::is_alphabetic)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_text_is_not_read_even_when_it_is_nested() {
        let text = "раз <b>два</b>\n<details class=\"x\"><summary>три</summary>\
                    <details>четыре</details> пять</details> шесть";
        assert_eq!(without_details(text), "раз <b>два</b>\n шесть");
        assert_eq!(words(text), 3);
    }

    #[test]
    fn sentence_is_told_from_what_is_none() {
        assert!(has_prose("### Сервер\n\nОн ждёт."));
        assert!(has_prose("`accept` ждёт."));
        assert!(has_prose("- пункт"));
        for text in [
            "### Сервер",
            "| a | b |",
            "<img src=\"a.svg\">",
            "```text\nслова\n```",
            "<details><summary>На Python</summary>слова</details>",
        ] {
            assert!(!has_prose(text), "{text}");
        }
    }
}
