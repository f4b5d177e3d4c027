//go:build unix

package reader

import (
	"os/exec"
	"syscall"
	"time"
)

// apart puts the child into a group of its own: Ctrl-C in a terminal ends the worker, which lets its documents end.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// limitProcess asks the system to end this process when it uses too much. RLIMIT_DATA counts what is written to; RLIMIT_AS would
// count what Go's runtime only reserves. What the system refuses to limit stays limited by Go's own bounds and the parent.
func limitProcess(memory int64, processor time.Duration) {
	seconds := uint64(processor/time.Second) + 1
	for resource, most := range map[int]uint64{
		syscall.RLIMIT_DATA: uint64(memory), syscall.RLIMIT_CPU: seconds, syscall.RLIMIT_CORE: 0, syscall.RLIMIT_FSIZE: 0,
	} {
		_ = syscall.Setrlimit(resource, &syscall.Rlimit{Cur: most, Max: most})
	}
}

// endedPolitely is true for a child that somebody asked to end, as at a shutdown.
func endedPolitely(ended *exec.ExitError) bool {
	status, known := ended.Sys().(syscall.WaitStatus)
	return known && status.Signaled() && (status.Signal() == syscall.SIGTERM || status.Signal() == syscall.SIGINT)
}
