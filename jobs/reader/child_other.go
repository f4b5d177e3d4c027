//go:build !unix

package reader

import (
	"os/exec"
	"time"
)

func apart(*exec.Cmd) {}

// limitProcess has nothing to ask here: Go's own bounds and the parent's time limit hold.
func limitProcess(int64, time.Duration) {}

func endedPolitely(*exec.ExitError) bool { return false }
