package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/audit"
	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server"
)

const toolsAuditUsage = `Looks through every assistant, squad and tool of the account at Vapi for what would take
a call past this server (Google, GoHighLevel, Make, Slack and SMS tools, code, MCP and functions
of other hosts, fixed transfers), and asks this server's webhook at BACKEND_URL what Vapi
asks. The exit status is 0 only when both are as they must be. With --fix what is found is
detached from assistants and squads; the tools themselves stay in the account.

options:
`

// auditTimeout bounds one request to our own webhook; Vapi waits 20 s.
const auditTimeout = 30 * time.Second

func runToolsAudit(ctx context.Context, p process, args []string) error {
	var fix, asJSON bool
	err := parseFlags(p, "tools audit", toolsAuditUsage, args, func(f *flag.FlagSet) {
		f.BoolVar(&fix, "fix", false, "detach what is found")
		f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	})
	if err != nil {
		return err
	}
	cfg, err := operatorConfig(p)
	if err != nil {
		return err
	}
	opened, err := db.Open(ctx, string(cfg.DatabaseURL), cfg.DatabaseOptions()...)
	if err != nil {
		return err
	}
	defer opened.Close()
	options, err := auditOptions(cfg, opened)
	if err != nil {
		return err
	}
	defer options.HTTP.CloseIdleConnections()
	if fix && isLocal(cfg.BackendURL) && !isLocal(cfg.VapiBaseURL) {
		return errors.New("BACKEND_URL is this machine, which the real Vapi cannot reach: " +
			"with --fix the deployed server's tools would be taken for strangers and detached")
	}
	options.Fix = fix
	report, err := audit.Run(ctx, options)
	if err != nil {
		return err
	}
	if asJSON {
		err = printJSON(p.out, report)
	} else {
		printAudit(p.out, report)
	}
	if err == nil && !report.Clean {
		err = errors.New("the audit found something, see above")
	}
	return err
}

// auditOptions signs as Vapi does for the tools that we register: by their secret header, unless only HMAC is accepted. The
// audit takes turns with the workers, whose syncs would otherwise be refused for its many requests.
func auditOptions(cfg server.Config, opened *db.DB) (audit.Options, error) {
	if cfg.VapiPrivateKey == "" {
		return audit.Options{}, errors.New("VAPI_PRIVATE_KEY is not set: give the account's private key")
	}
	pace, err := toolsync.NewPace(opened, cfg.VapiRequestsPerSecond)
	if err != nil {
		return audit.Options{}, err
	}
	client, err := vapi.New(vapi.Options{BaseURL: cfg.VapiBaseURL, Key: string(cfg.VapiPrivateKey), Timeout: vapiTimeout, Pace: pace})
	if err != nil {
		return audit.Options{}, err
	}
	auth := sandbox.Secret(string(cfg.WebhookSecrets[0]))
	if cfg.WebhookAuth == server.AuthHMAC {
		auth = sandbox.SignSeconds(string(cfg.WebhookSecrets[0]))
	}
	return audit.Options{Vapi: client, BackendURL: cfg.BackendURL, Auth: auth, HTTP: &http.Client{Timeout: auditTimeout}}, nil
}

// isLocal: an address that only this machine reaches.
func isLocal(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}

func printAudit(w io.Writer, r audit.Report) {
	fmt.Fprintf(w, "Looked at %d assistants, %d squads and %d tools at Vapi.\n", r.Assistants, r.Squads, r.Tools)
	for _, f := range r.Findings {
		state := "found"
		switch {
		case f.Removed:
			state = "detached"
		case f.Problem != "":
			state = "NOT DETACHED: " + f.Problem
		}
		fmt.Fprintf(w, "  %s %q %s: %s %s: %s\n", f.Holder, f.Name, f.ID, f.Where, named(f.Type, f.Tool), state)
	}
	for _, l := range r.Lying {
		fmt.Fprintf(w, "  tool %s %s lies in the account; harmless while nothing holds it\n", l.ID, named(l.Type, l.Name))
	}
	for _, c := range r.Webhook {
		state := "yes"
		if !c.OK {
			state = "NO: " + c.Detail
		}
		fmt.Fprintf(w, "  webhook: %s: %s\n", c.Name, state)
	}
	fmt.Fprintln(w, r.Verdict)
}

func named(kind, name string) string {
	if name == "" {
		return kind
	}
	return fmt.Sprintf("%s %q", kind, name)
}
