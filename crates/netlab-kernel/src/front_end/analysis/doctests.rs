//! Documentation as rustdoc shows it: what begins with `# ` in an example is
//! compiled with it and not read.

/// Plain text and HTML of the same documentation, both without the hidden
/// lines of its Rust examples.
pub(super) fn hide_lines(plain: &str, html: &str) -> (String, String) {
    let mut changes = Vec::new();
    let html = examples(html, |line| {
        let change = Change::of(line)?;
        let shown = change.shown.clone();
        changes.push(change);
        Some(shown)
    });
    (changed(plain, changes), html)
}

/// A line that is not shown, or not as it is.
struct Change {
    line: String,
    shown: Option<String>,
}

impl Change {
    fn of(line: &str) -> Option<Self> {
        let text = line.trim();
        let shown = match text.strip_prefix('#')? {
            "" => None,
            rest if rest.starts_with([' ', '\t']) => None,
            rest if rest.starts_with('#') => Some(line.replacen('#', "", 1)),
            _ => return None,
        };
        Some(Self {
            line: line.to_owned(),
            shown,
        })
    }
}

/// The HTML with the lines of its Rust examples changed: `change` gives what
/// is shown, `Some(None)` for nothing, None for the line as it is.
fn examples(
    html: &str,
    mut change: impl FnMut(&str) -> Option<Option<String>>,
) -> String {
    const BEGIN: &str = "<pre><code";
    const END: &str = "</code></pre>";
    let mut shown = String::new();
    let mut rest = html;
    while let Some(at) = rest.find(BEGIN) {
        let tag = at + BEGIN.len();
        let Some(code) = rest[tag..].find('>').map(|end| tag + end + 1) else {
            break;
        };
        let Some(end) = rest[code..].find(END).map(|end| code + end) else {
            break;
        };
        shown += &rest[..code];
        if is_rust(&rest[tag..code - 1]) {
            for line in rest[code..end].split_inclusive('\n') {
                match change(&unescaped(line.trim_end_matches('\n'))) {
                    None => shown += line,
                    Some(None) => {}
                    Some(Some(_)) => shown += &line.replacen('#', "", 1),
                }
            }
        } else {
            shown += &rest[code..end];
        }
        rest = &rest[end..];
    }
    shown + rest
}

/// Whether rustdoc takes a block with these attributes for Rust.
fn is_rust(attributes: &str) -> bool {
    let Some((_, class)) = attributes.split_once("language-") else {
        return true;
    };
    let class = class.split('"').next().unwrap_or_default();
    let known = |word: &str| {
        let is_code = word.len() == 5 && word.starts_with('E');
        let words =
            ["rust", "no_run", "ignore", "should_panic", "compile_fail"];
        words.contains(&word) || word.starts_with("edition") || is_code
    };
    class.split(',').all(known)
}

/// The text with these lines changed, each once.
fn changed(plain: &str, mut changes: Vec<Change>) -> String {
    let mut text = String::new();
    for line in plain.split_inclusive('\n') {
        let whole = line.trim_end_matches('\n');
        match changes.iter().position(|change| change.line == whole) {
            None => text += line,
            Some(at) => {
                if let Some(shown) = changes.remove(at).shown {
                    text += &shown;
                    text += &line[whole.len()..];
                }
            }
        }
    }
    text
}

fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_rustdoc_hides_are_hidden() {
        let html = "<p># a title</p><pre><code class=\"language-rust,no_run\">\
                    use a;\n# let b = &amp;c;\n#\n    # d();\n#[e]\n## f\n\
                    </code></pre><p>end</p>";
        let plain = "# a title\n\nuse a;\n# let b = &c;\n#\n    # d();\n#[e]\n\
                     ## f\n\nend";
        let (plain, html) = hide_lines(plain, html);
        assert_eq!(
            html,
            "<p># a title</p><pre><code class=\"language-rust,no_run\">\
             use a;\n#[e]\n# f\n</code></pre><p>end</p>"
        );
        assert_eq!(plain, "# a title\n\nuse a;\n#[e]\n# f\n\nend");
    }

    #[test]
    fn other_languages_keep_their_comments() {
        for class in [" class=\"language-sh\"", " class=\"language-toml\""] {
            let html = format!("<pre><code{class}># why\nls\n</code></pre>");
            let plain = "# why\nls\n";
            assert_eq!(hide_lines(plain, &html), (plain.to_owned(), html));
        }
        let html = "<pre><code># why\nf();\n</code></pre>";
        let shown = "<pre><code>f();\n</code></pre>";
        assert_eq!(hide_lines("", html).1, shown);
    }
}
