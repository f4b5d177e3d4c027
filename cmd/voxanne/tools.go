package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"

	"github.com/voxanne-ai/voxanne/server"
)

const toolsUsage = `Looks after the tools that our assistants carry at Vapi.

usage: voxanne tools audit [--fix] [--json]
       voxanne tools sync [--org UUID | --all] [--dry-run] [--force] [--wait] [--json]

`

// runTools hands over to one of the commands below it.
func runTools(ctx context.Context, p process, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "audit":
			return runToolsAudit(ctx, p, args[1:])
		case "sync":
			return runToolsSync(ctx, p, args[1:])
		case "-h", "--help", "help":
			fmt.Fprint(p.err, toolsUsage)
			return flag.ErrHelp
		}
		fmt.Fprintf(p.err, "voxanne tools: there is no command %q\n\n", args[0])
	}
	fmt.Fprint(p.err, toolsUsage)
	return errUsage
}

// operatorConfig is the configuration of the instance that is meant: the environment's, else development's.
func operatorConfig(p process) (server.Config, error) {
	environ, err := developmentEnviron(p)
	if err != nil {
		return server.Config{}, err
	}
	return server.LoadConfig(environ)
}

// printJSON prints a value for other programs.
func printJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(value)
}
