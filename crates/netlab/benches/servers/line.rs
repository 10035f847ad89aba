//! Other processes, which are spoken to line by line.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A process that answers each line with a line and ends with its input.
pub(crate) struct Line {
    child: Child,
    /// Closed first when the process is to end.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Line {
    /// Starts this program in another role.
    pub(crate) fn to_ourselves(role: &[&str]) -> io::Result<Self> {
        Self::to(Command::new(env::current_exe()?).args(role))
    }

    pub(crate) fn to(command: &mut Command) -> io::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let gone = || io::Error::other("a pipe is missing");
        let questions = Some(child.stdin.take().ok_or_else(gone)?);
        let answers = BufReader::new(child.stdout.take().ok_or_else(gone)?);
        Ok(Self {
            child,
            questions,
            answers,
        })
    }

    /// Reads the next line.
    pub(crate) fn hear(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err(io::Error::other("a process has ended too early"));
        }
        Ok(line.trim().to_owned())
    }

    /// Asks something and reads the answer: two numbers.
    pub(crate) fn ask(&mut self, question: &str) -> io::Result<(f64, f64)> {
        if let Some(questions) = &mut self.questions {
            writeln!(questions, "{question}")?;
        }
        let answer = self.hear()?;
        let mut numbers = answer.split(' ').map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(first)), Some(Ok(second))) => Ok((first, second)),
            _ => Err(io::Error::other(answer)),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.questions = None;
        let _ = self.child.wait();
    }
}

/// The other side: answers each line of standard input with two numbers.
pub(crate) fn answer(
    mut answer: impl FnMut(&str) -> io::Result<(f64, f64)>,
) -> io::Result<()> {
    for question in io::stdin().lines() {
        let (first, second) = answer(&question?)?;
        println!("{first} {second}");
    }
    Ok(())
}
