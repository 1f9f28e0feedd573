//! What people see, tested in a browser.
