//! `:output`, a command of the front end itself: to which cell the output of
//! threads goes.

use std::borrow::Cow;

use evcxr::{Error, EvalOutputs};

use super::Engine;
use crate::channel::ThreadOutput;

const COMMAND: &str = ":output";

/// What one line with the command asks for; None asks what is in force.
type Wish = Option<ThreadOutput>;

/// Takes the command out of a cell. Like those of `evcxr` it stands before
/// the code. The rest keeps its lines and columns, which errors point to.
///
/// # Errors
///
/// When the command is given something that it does not know.
pub(super) fn take_out(code: &str) -> Result<(Cow<'_, str>, Vec<Wish>), Error> {
    if !code.contains(COMMAND) {
        return Ok((Cow::Borrowed(code), Vec::new()));
    }
    let mut rest = String::with_capacity(code.len());
    let mut wishes = Vec::new();
    let mut lines = code.split_inclusive('\n');
    for line in lines.by_ref() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some(COMMAND) => {
                let wanted: Vec<&str> = words.collect();
                wishes.push(wish(&wanted.join(" "))?);
                let blank = |c| if c == '\n' { c } else { ' ' };
                rest.extend(line.chars().map(blank));
            }
            None => rest.push_str(line),
            Some(word) if word.starts_with([':', '!']) => rest.push_str(line),
            Some(word) if word.starts_with("//") => rest.push_str(line),
            // The code begins.
            Some(_) => {
                rest.push_str(line);
                break;
            }
        }
    }
    rest.extend(lines);
    Ok((Cow::Owned(rest), wishes))
}

fn wish(wanted: &str) -> Result<Wish, Error> {
    match wanted {
        "" => Ok(None),
        "own" => Ok(Some(ThreadOutput::StartingCell)),
        "current" => Ok(Some(ThreadOutput::CurrentCell)),
        other => Err(Error::Message(format!(
            "{COMMAND} не знает «{other}»; напишите {COMMAND} own или \
             {COMMAND} current"
        ))),
    }
}

impl Engine {
    /// Does what the commands of a cell ask for; gives what they say.
    pub(super) fn direct_threads(&self, wishes: &[Wish]) -> EvalOutputs {
        let mut said = EvalOutputs::new();
        let link = &self.kernel.link;
        for wish in wishes {
            if let Some(to) = *wish {
                link.set_thread_output(to);
            }
            let cell = match link.thread_output() {
                ThreadOutput::StartingCell => {
                    "own: в ячейку, которая запустила поток"
                }
                ThreadOutput::CurrentCell => {
                    "current: в ячейку, которая выполняется или выполнялась \
                     последней"
                }
            };
            let text = format!("Вывод потоков — {cell}\n");
            said.content_by_mime_type.insert("text/plain".into(), text);
        }
        said
    }
}

/// Adds the command to what `:help` says.
pub(super) fn add_to_help(help: &mut EvalOutputs) {
    let about = "Куда идёт вывод потоков: own (в их ячейку) или current \
                 (в текущую)";
    if let Some(text) = help.content_by_mime_type.get_mut("text/plain") {
        text.push_str(&format!("{COMMAND:<17} {about}\n"));
    }
    if let Some(html) = help.content_by_mime_type.get_mut("text/html") {
        let row = format!("<tr><td>{COMMAND}</td><td>{about}</td></tr>\n");
        *html = html.replacen("</table>", &(row + "</table>"), 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURRENT: Wish = Some(ThreadOutput::CurrentCell);

    #[test]
    fn command_leaves_blanks_and_the_code_stays_in_its_place() {
        let code = "// ж\n:output current\n:dep x\n\nlet y = 1;\n:output\n";
        let (rest, wishes) = take_out(code).unwrap();
        assert_eq!(wishes, [CURRENT]);
        let blanks = " ".repeat(":output current".len());
        assert_eq!(
            rest,
            format!("// ж\n{blanks}\n:dep x\n\nlet y = 1;\n:output\n")
        );
    }

    #[test]
    fn cell_without_the_command_is_as_it_was() {
        for code in ["let x = 1;", ":outputs", "println!(\":output own\");"] {
            let (rest, wishes) = take_out(code).unwrap();
            assert_eq!((&*rest, wishes), (code, Vec::new()));
        }
    }

    #[test]
    fn last_word_counts_and_unknown_ones_are_refused() {
        let (_, wishes) = take_out(":output own\n:output\n").unwrap();
        assert_eq!(wishes, [Some(ThreadOutput::StartingCell), None]);
        let refused = take_out(":output there").unwrap_err().to_string();
        assert!(refused.contains(":output current"), "{refused}");
    }

    #[test]
    fn help_names_the_command() {
        let table = "<table>\n</table>\n".to_owned();
        let mut help = EvalOutputs::text_html(":vars\n".to_owned(), table);
        add_to_help(&mut help);
        for text in help.content_by_mime_type.values() {
            assert!(text.contains(COMMAND), "{text}");
        }
        assert!(help.get("text/html").unwrap().ends_with("</table>\n"));
    }
}
