"""The protocol, as `jupyter_kernel_test` checks it, with every sample filled."""

import os

from jupyter_kernel_test import IopubWelcomeTests, KernelTests

KERNEL = os.environ.get("NETLAB_TEST_KERNEL", "rust")

DISPLAY = """
println!("EVCXR_BEGIN_CONTENT text/html\\n<b>3</b>\\nEVCXR_END_CONTENT");
println!("and on");
"""
CLEAR = """
println!(
    "EVCXR_BEGIN_CONTENT application/x-netlab+json\\n{}\\nEVCXR_END_CONTENT",
    r#"{"clear_output": true, "wait": false}"#
);
"""


class TestKernel(KernelTests):
    kernel_name = KERNEL
    language_name = "rust"
    file_extension = ".rs"

    code_hello_world = 'println!("hello, world");'
    code_stderr = 'eprintln!("on stderr");'
    code_generate_error = 'panic!("on purpose");'
    code_page_something = ":help"
    code_inspect_sample = "std::fs::read_to_string"
    code_clear_output = CLEAR
    completion_samples = [
        {"text": "std::net::TcpListene", "matches": ["TcpListener"]},
        {"text": "let v = vec![1]; v.is_emp"},
    ]
    complete_code_samples = [
        "1 + 1",
        "let x = 5;",
        "fn f() {}",
        'println!("{");',
        ":vars",
        "// nothing to do",
    ]
    incomplete_code_samples = [
        "fn f() {",
        'let text = "open',
        "let v = vec![1,",
        "/* a comment",
        "match 1 {",
    ]
    invalid_code_samples = ["fn f() }", "let = 5;", "1 +/ 2"]
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": '"text"', "result": '"text"'},
        {"code": "(1, 2)", "result": "(1, 2)"},
    ]
    code_display_data = [{"code": DISPLAY, "mime": "text/html"}]
    code_history_pattern = "1*2"
    supported_history_operations = ("tail", "range", "search")


class TestIopubWelcome(IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


# The classes of the package itself have no kernel.
del KernelTests, IopubWelcomeTests
