// Package program makes voxanne as people start it, for commands that try or measure it as a process of its own.
package program

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// Build makes the program of this checkout in folder and returns its path; without a debugger's tables, which take a third of
// the linker's time.
func Build(ctx context.Context, folder string) (path string, err error) {
	root, err := dbtest.Root()
	if err != nil {
		return "", err
	}
	path = filepath.Join(folder, "voxanne")
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", path, "./cmd/voxanne")
	cmd.Dir = root
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, said)
	}
	return path, nil
}

// FreePort is a port of this machine on which nobody listened a moment ago.
func FreePort() (port string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), l.Close()
}
