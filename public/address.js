// On the pages that the Worker writes: takes the query out of the address bar. After a failed sign-in or authorization it
// holds a code and a state, which belong into no history, bookmark or screenshot.
if (location.search) history.replaceState(null, "", location.pathname);
