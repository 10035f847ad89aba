//! Speaker notes: folded away for the student, and a question has its answer.

use super::Findings;
use super::notebook::{Kind, Notebook};

const BEGIN: &str =
    "<details class=\"netlab-notes\"><summary>Заметки лектора</summary>";
const END: &str = "</details>";
const ANSWER: &str = "<details><summary>Ответ</summary>";
const ASK: &str = "- **Спросить:** ";
const KINDS: [&str; 3] = [ASK, "- **Показать:** ", "- **Заметка:** "];

pub(super) fn check(notebook: &Notebook, findings: &mut Findings) {
    for cell in &notebook.cells {
        if cell.slide_type() != "notes" {
            continue;
        }
        let mut add = |problem: String| {
            findings.add_cell(&notebook.file, &cell.id, problem);
        };
        if cell.kind != Kind::Markdown {
            add("notes are Markdown".to_owned());
            continue;
        }
        for problem in form(&cell.source) {
            add(problem);
        }
    }
}

fn form(source: &str) -> Vec<String> {
    let Some(inside) = source.trim().strip_prefix(BEGIN) else {
        return vec![format!("notes begin with the line {BEGIN}")];
    };
    let Some(inside) = inside.strip_suffix(END) else {
        return vec![format!("notes end with the line {END}")];
    };
    let mut problems = Vec::new();
    if !inside.starts_with("\n\n") || !inside.ends_with("\n\n") {
        problems.push(
            "an empty line stands after <summary> and before the last \
             </details>, or Markdown is not read there"
                .to_owned(),
        );
    }
    if inside.matches("<details").count() != inside.matches(END).count() {
        problems.push("a <details> in the notes is not closed".to_owned());
    }
    let bullets = bullets(inside);
    if bullets.is_empty() {
        problems.push("notes are bullets, `- **Заметка:** …`".to_owned());
    }
    for bullet in bullets {
        let line = bullet.lines().next().unwrap_or_default();
        if !KINDS.iter().any(|kind| line.starts_with(kind)) {
            problems.push(format!(
                "`{line}` begins with none of **Спросить:**, **Показать:**, \
                 **Заметка:**"
            ));
        }
        if line.starts_with(ASK) && !bullet.contains(ANSWER) {
            problems.push(format!(
                "the question `{}` has no answer: write below it, indented \
                 by two spaces, {ANSWER}…{END}",
                &line[ASK.len()..]
            ));
        }
    }
    problems
}

/// The bullets of the list, each with the lines below it.
fn bullets(text: &str) -> Vec<String> {
    let mut bullets: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        match bullets.last_mut() {
            Some(bullet) if line.starts_with(' ') => {
                bullet.push('\n');
                bullet.push_str(line);
            }
            _ => bullets.push(line.to_owned()),
        }
    }
    bullets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(bullets: &str) -> Vec<String> {
        form(&format!("{BEGIN}\n\n{bullets}\n\n{END}"))
    }

    const QUESTION: &str = "- **Спросить:** Кто ждёт?";

    #[test]
    fn folded_notes_with_their_answers_pass() {
        let text = format!(
            "{QUESTION}\n  {ANSWER}Сервер.{END}\n- **Показать:** Лист.\n\
             - **Заметка:** Раз\n  и два."
        );
        let found = notes(&text);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn notes_that_a_student_would_see_are_found() {
        assert_eq!(form("- **Заметка:** Раз.").len(), 1);
        let open = format!("{BEGIN}\n\n- **Заметка:** Раз.");
        assert_eq!(form(&open).len(), 1);
        let glued = format!("{BEGIN}\n- **Заметка:** Раз.\n{END}");
        assert!(form(&glued)[0].contains("empty line"));
    }

    #[test]
    fn question_without_an_answer_is_found() {
        let answered_too_late =
            format!("{QUESTION}\n- **Заметка:** Раз.\n  {ANSWER}Да.{END}");
        let found = notes(&answered_too_late);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("`Кто ждёт?` has no answer"), "{found:?}");
    }

    #[test]
    fn bullet_of_another_kind_is_found() {
        assert_eq!(notes("- **Вопрос:** Кто?").len(), 1);
        assert_eq!(notes("Просто текст.").len(), 1);
    }

    #[test]
    fn answer_that_is_not_closed_is_found() {
        let found = notes(&format!("{QUESTION}\n  {ANSWER}Сервер."));
        assert!(found[0].contains("not closed"), "{found:?}");
    }
}
