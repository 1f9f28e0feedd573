//! Calls to Jira through a connection: what is let through, what is tried again, what crosses.
