//! Reports of the compiler in short lines, so that a narrow notebook does not
//! break them in the middle of a drawing.

/// How many columns a line may have: as many as a notebook has that is one of
/// a pair in a window of 1280 pixels.
const WIDTH: usize = 54;

/// Fewer columns than this beside a drawing are no place for words.
const NARROWEST: usize = 24;

/// How long the line from a place to its words is.
const ARM: usize = 3;

/// A visible character and the colours that begin before it.
struct Glyph {
    colours: String,
    shown: char,
}

/// Folds what is said in a drawing between words; lines of code stay whole.
pub(super) fn fold(lines: Vec<String>) -> Vec<String> {
    lines
        .into_iter()
        .flat_map(|line| fold_line(&line))
        .collect()
}

fn fold_line(line: &str) -> Vec<String> {
    let (mut glyphs, rest) = glyphs(line);
    let is_short = glyphs.len() <= WIDTH;
    let is_drawn = |glyph: &Glyph| is_drawing(glyph.shown);
    let words = glyphs.iter().position(|it| !is_drawn(it));
    let words = glyphs.split_off(words.unwrap_or(glyphs.len()));
    let is_code = glyphs.iter().any(|it| it.shown.is_numeric());
    // The way to no words: the head of the report has them.
    if words.is_empty() && glyphs.iter().any(|it| it.shown == '╰') {
        return Vec::new();
    }
    if is_short || is_code || glyphs.is_empty() {
        return vec![line.to_owned()];
    }
    let words = text(&words) + &rest;
    // All lines of a report lead as far to the right as the longest one.
    let arm = glyphs.iter().position(|it| matches!(it.shown, '╰' | '├'));
    if let Some(arm) = arm
        && arm + ARM < glyphs.len()
    {
        glyphs.truncate(arm + ARM);
        glyphs.push(Glyph::plain(' '));
    }
    let mut lines = Vec::new();
    let mut first = text(&glyphs);
    let mut margin = margin(&glyphs);
    let mut width = WIDTH.saturating_sub(glyphs.len());
    if width < NARROWEST {
        let bar = glyphs.iter().position(|it| it.shown == '│');
        let bar = bar.map_or(0, |bar| bar + 1);
        lines.push(first);
        margin = text(&glyphs[..bar]) + "   ";
        first = margin.clone();
        width = WIDTH - bar - 3;
    }
    let mut folded = wrap(&words, width).into_iter();
    lines.extend(folded.next().map(|words| first + &words));
    lines.extend(folded.map(|words| margin.clone() + &words));
    lines
}

fn text(glyphs: &[Glyph]) -> String {
    let one = |it: &Glyph| format!("{}{}", it.colours, it.shown);
    glyphs.iter().map(one).collect()
}

/// What stands before the second line of a text that has this before its
/// first: the lines of the drawing that go on.
fn margin(drawn: &[Glyph]) -> String {
    let goes_on = |glyph: &Glyph| {
        let shown = match glyph.shown {
            '│' | '├' | '┤' => '│',
            _ => ' ',
        };
        format!("{}{shown}", glyph.colours)
    };
    drawn.iter().map(goes_on).collect()
}

/// Words in lines of so many columns, colours not counted. What stands in
/// quotes is one word.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<(String, usize)> = Vec::new();
    let mut is_quoted = false;
    let ends_word = |c: char| {
        is_quoted ^= c == '`';
        c == ' ' && !is_quoted
    };
    for word in text.split(ends_word) {
        let length = glyphs(word).0.len();
        match lines.last_mut() {
            Some((line, taken)) if *taken + 1 + length <= width => {
                line.push(' ');
                line.push_str(word);
                *taken += 1 + length;
            }
            _ => lines.push((word.to_owned(), length)),
        }
    }
    lines.into_iter().map(|(line, _)| line).collect()
}

impl Glyph {
    fn plain(shown: char) -> Self {
        // The line before it has a colour, and words have none.
        let colours = "\u{1b}[0m".to_owned();
        Self { colours, shown }
    }
}

/// The visible characters, and the colours behind the last of them.
fn glyphs(line: &str) -> (Vec<Glyph>, String) {
    let mut glyphs = Vec::new();
    let mut colours = String::new();
    let mut inside = false;
    for c in line.chars() {
        match c {
            '\u{1b}' => inside = true,
            _ if !inside => {
                let colours = std::mem::take(&mut colours);
                glyphs.push(Glyph { colours, shown: c });
                continue;
            }
            _ => {}
        }
        colours.push(c);
        inside &= !c.is_ascii_alphabetic();
    }
    (glyphs, colours)
}

fn is_drawing(c: char) -> bool {
    matches!(c, '\u{2500}'..='\u{257f}' | ' ' | '0'..='9' | '▲' | '•' | '·')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(line: &str) -> Vec<String> {
        fold(vec![line.to_owned()])
    }

    #[test]
    fn label_is_folded_beside_the_lines_that_go_on() {
        let label = "   │ │  ╰── move occurs because `listener` has type \
                     `TcpListener`, which does not implement the `Copy` trait";
        assert_eq!(
            folded(label),
            [
                "   │ │  ╰──\u{1b}[0m move occurs because `listener` has type",
                "   │ │     \u{1b}[0m `TcpListener`, which does not implement",
                "   │ │     \u{1b}[0m the `Copy` trait",
            ]
        );
    }

    #[test]
    fn long_way_to_the_words_is_shortened() {
        let label =
            format!("   │     ╰{} {}", "─".repeat(40), "word ".repeat(8));
        let shown = folded(&label);
        assert!(shown[0].starts_with("   │     ╰──\u{1b}[0m word word"));
        assert!(
            shown.iter().all(|it| glyphs(it).0.len() <= WIDTH),
            "{shown:?}"
        );
        let far = format!("   │ {}╰── {}", " ".repeat(40), "word ".repeat(8));
        let shown = folded(&far);
        assert!(shown[0].trim_end().ends_with("╰──\u{1b}[0m"), "{shown:?}");
        assert!(shown[1].starts_with("   │   word word"), "{shown:?}");
    }

    #[test]
    fn what_is_quoted_is_one_word() {
        let label = "   ╰── consider giving it an explicit type, so that \
                     is: `let v: Vec<T> = v`";
        assert!(folded(label)[1].ends_with(" `let v: Vec<T> = v`"));
    }

    #[test]
    fn colours_take_no_room_and_stay() {
        let grey = |text: &str| format!("\u{1b}[38;5;240m{text}\u{1b}[0m");
        let words = "word ".repeat(12);
        let lines = folded(&format!("   {} {}", grey("│"), words.trim_end()));
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with(&format!("   {} word", grey("│"))));
        let short = format!("   {} {}", grey("│"), "x".repeat(45));
        assert_eq!(folded(&short), [short]);
    }

    #[test]
    fn code_and_what_is_no_drawing_stay_whole() {
        let words = "word ".repeat(20);
        for line in [format!(" 12 │ {words}"), format!("Error: {words}")] {
            assert_eq!(folded(&line), [line]);
        }
        assert_eq!(folded("───╯"), ["───╯"]);
        assert_eq!(folded("   │     ╰──────── "), [""; 0]);
    }
}
