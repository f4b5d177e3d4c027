package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/voxanne-ai/voxanne/jobs/readiness"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
)

const agentUsage = `Looks after what answers a clinic's calls.

usage: voxanne agent verify --org SLUG|ID [--agent NAME] [--json]

`

const agentVerifyUsage = `Asks Twilio and Vapi whether a clinic's calls would work: the account is active, owns the number,
which takes calls and sends texts; both go where they should; the assistant is there, takes its
messages to this server with its secret and carries its tools as they are now; the number is at
Vapi and comes to us. What was not asked is said to be skipped. Nothing is changed outside. The
exit status is 0 only when nothing failed, and 3 when all that failed did for want of an answer.

options:
`

func runAgent(ctx context.Context, p process, args []string) error {
	return runBelow(ctx, p, "agent", agentUsage, []command{{name: "verify", run: runAgentVerify}}, args)
}

func runAgentVerify(ctx context.Context, p process, args []string) error {
	var org, agent string
	var asJSON bool
	err := parseFlags(p, "agent verify", agentVerifyUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&org, "org", "", "the organisation's `slug` or id")
		f.StringVar(&agent, "agent", "", "the agent's `name`; the one that answers calls when not given")
		f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	})
	if err != nil {
		return err
	}
	if org == "" {
		return misused(p, "voxanne agent verify: say --org SLUG or --org ID")
	}
	o, err := newOperator(ctx, p)
	if err != nil {
		return err
	}
	defer o.close()
	report, err := o.verifyAgent(ctx, org, agent)
	if err != nil {
		return err
	}
	if err := p.show(asJSON, report, func(w io.Writer) { printReadiness(w, report) }); err != nil {
		return err
	}
	return judgeReadiness(report)
}

func (o *operator) verifyAgent(ctx context.Context, org, agent string) (readiness.Report, error) {
	found, err := o.org(ctx, org)
	if err != nil {
		return readiness.Report{}, err
	}
	messages, err := newMessenger(o.cfg, o.db, observed{log: newLogger(o.process, o.cfg)})
	if err != nil {
		return readiness.Report{}, &unaskedError{err}
	}
	_, checker, err := newLines(o.cfg, o.db, messages, observed{log: newLogger(o.process, o.cfg)})
	if err != nil {
		return readiness.Report{}, &unaskedError{err}
	}
	if checker == nil {
		return readiness.Report{}, &unaskedError{errors.New("VAPI_PRIVATE_KEY is not set: give the account's private key")}
	}
	report, err := checker.Run(ctx, found.ID, agent)
	if errors.Is(err, toolsync.ErrNoAgent) {
		return report, noAgent(agent)
	}
	return report, unasked("check the agent", err)
}

func noAgent(named string) error {
	if named == "" {
		return errors.New("the organisation has no agent that answers calls")
	}
	return fmt.Errorf("the organisation has no agent %q", named)
}

// judgeReadiness is the report as an exit status.
func judgeReadiness(r readiness.Report) error {
	switch {
	case r.Ready:
		return nil
	case r.Unknown():
		return &unaskedError{errors.New("not everybody could be asked, see above")}
	default:
		return errors.New("calls would not work, see above")
	}
}

func printReadiness(w io.Writer, r readiness.Report) {
	fmt.Fprintf(w, "Agent %q of organisation %s:\n", r.Agent, r.OrgID)
	for _, c := range r.Checks {
		fmt.Fprintf(w, "  %-7s  %-19s  %s\n", c.Status, strings.ReplaceAll(c.Name, "_", " "), c.Detail)
	}
}
