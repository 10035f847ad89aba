//! Cells that read from the standard input.

use crate::channel::{FromChild, ToChild};
use crate::harness::Child;

const READ: &str = r#"let mut line = String::new();
    let n = std::io::stdin().read_line(&mut line)?; print!("{n} {line}");"#;

fn asked(child: &Child) -> (String, bool) {
    loop {
        if let FromChild::InputWanted {
            prompt, password, ..
        } = child.next_message()
        {
            return (prompt, password);
        }
    }
}

#[test]
fn reading_asks_and_gets_the_answer() {
    let mut child = Child::start();
    for answer in ["привет\n", "second\n"] {
        child.begin(READ);
        assert_eq!(asked(&child), (String::new(), false));
        child.say(ToChild::InputAnswer {
            line: Some(answer.into()),
        });
        let expected = format!("{} {answer}", answer.len());
        assert_eq!(child.end().stdout(), expected);
    }
}

#[test]
fn no_answer_is_the_end_of_the_file() {
    let mut child = Child::start();
    child.begin(READ);
    asked(&child);
    child.say(ToChild::InputAnswer { line: None });
    assert_eq!(child.end().stdout(), "0 ");
}

#[test]
fn prompt_of_evcxr_input_is_passed_on() {
    let mut child = Child::start();
    child.begin(&format!(
        r#"println!("EVCXR_INPUT_REQUEST_PASSWORD:secret?"); {READ}"#
    ));
    assert_eq!(asked(&child), ("secret?".into(), true));
    child.say(ToChild::InputAnswer {
        line: Some("x\n".into()),
    });
    assert_eq!(child.end().stdout(), "2 x\n");
}
