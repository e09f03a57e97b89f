package settings

import "strings"

// ofSplunkd tells whether a parameter of a stanza is splunkd's own. Those are the ones of inputs.conf.spec for all inputs, for scripts
// and modular inputs, and the ones that people put into [default] for the files they monitor: splunkd hands them all to every input.
func ofSplunkd(name string) bool {
	switch name {
	case "disabled", "host", "index", "interval", "passAuth", "persistentQueue", "persistentQueueSize", "queue", "queueSize",
		"run_introspection", "run_only_one", "send_index_as_argument_for_path", "source", "sourcetype", "start_by_shell":
		return true
	case "alwaysOpenFile", "blacklist", "connection_host", "crcSalt", "followSymlink", "followTail", "host_regex", "host_resolved", "host_segment",
		"ignoreOlderThan", "initCrcLength", "log_on_completion", "move_policy", "multiline_event_extra_waittime", "recursive",
		"time_before_close", "whitelist":
		return true
	}
	for _, family := range []string{"_", "python.", "eai:", "evt_"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	return false
}
