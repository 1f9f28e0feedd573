//! A running model of Atlassian.
