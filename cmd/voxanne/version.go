package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
)

// Set by the linker (`make build`, Dockerfile) and by nobody else: -ldflags "-X main.linkedVersion=1.2.3 -X main.linkedCommit=4f0c…".
var linkedVersion, linkedCommit string

const versionUsage = `Prints which version of the program this is, from which commit it was built, and
with which Go.

options:
`

// build says what a running program was made of.
type build struct {
	Version string `json:"version"` // a tag, or dev
	Commit  string `json:"commit"`  // a hash, followed by -dirty where files were changed; or unknown
	Go      string `json:"go"`      // as in go1.26.0
}

// thisBuild takes what the linker was given, and else what Go noted: `go install …@v1.2.3` knows its version, and a build in
// a checkout its commit (not with -buildvcs=false).
func thisBuild() build {
	version, commit := linkedVersion, linkedCommit
	if info, ok := debug.ReadBuildInfo(); ok {
		noted, revision := noted(info)
		version, commit = cmp.Or(version, noted), cmp.Or(commit, revision)
	}
	return build{cmp.Or(version, "dev"), cmp.Or(commit, "unknown"), runtime.Version()}
}

// noted reads version and commit from what Go put into the program; both empty where it put nothing.
func noted(info *debug.BuildInfo) (version, commit string) {
	if info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit = settings["vcs.revision"]
	if commit != "" && settings["vcs.modified"] == "true" {
		commit += "-dirty"
	}
	return version, commit
}

func runVersion(_ context.Context, p process, args []string) error {
	var asJSON bool
	err := parseFlags(p, "version", versionUsage, args, func(f *flag.FlagSet) {
		f.BoolVar(&asJSON, "json", false, "print one JSON object")
	})
	if err != nil {
		return err
	}
	b := thisBuild()
	if asJSON {
		return json.NewEncoder(p.out).Encode(b)
	}
	_, err = fmt.Fprintf(p.out, "voxanne %s (commit %s, %s)\n", b.Version, b.Commit, b.Go)
	return err
}

// tell says at the start of a process which build it is: in its log, and as voxanne_build_info, so that a graph shows when
// a new one came.
func (b build) tell(to observed) error {
	to.log.Info("starting", slog.String("version", b.Version), slog.String("commit", b.Commit), slog.String("go", b.Go))
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "voxanne_build_info", Help: "Always 1; its labels say which build this process is.",
	}, []string{"version", "commit"})
	if err := to.metrics.Registerer().Register(info); err != nil {
		return fmt.Errorf("register the build: %w", err)
	}
	info.WithLabelValues(b.Version, b.Commit).Set(1)
	return nil
}
