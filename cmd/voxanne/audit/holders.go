package audit

import (
	"bytes"
	"context"
	"errors"

	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// kind is a sort of object that tools can hang on.
type kind struct {
	name   string
	list   func(context.Context) ([]vapi.Object, error)
	get    func(ctx context.Context, id string) (vapi.Object, error)
	patch  func(ctx context.Context, id string, body vapi.Object) (vapi.Object, error)
	always []string // what every PATCH must carry
}

func assistants(c *vapi.Client) kind {
	return kind{name: "assistant", list: c.ListAssistants, get: c.GetAssistant, patch: c.PatchAssistant}
}

func squads(c *vapi.Client) kind {
	return kind{name: "squad", list: c.ListSquads, get: c.GetSquad, patch: c.PatchSquad, always: []string{"members"}}
}

// repairing says what becomes of findings.
type repairing int

const (
	leave repairing = iota
	detach
	refuse // detaching was asked for, but is too dangerous
)

// howToRepair: whether a tool is our own is seen by BACKEND_URL's host. With a wrong one every tool of ours would be
// detached from every assistant; so nothing is, unless our server answers there, and answers well.
func howToRepair(fix bool, webhook []Check) repairing {
	switch {
	case !fix:
		return leave
	case answersWell(webhook):
		return detach
	default:
		return refuse
	}
}

// audit returns what hangs on a listed holder. Without interceptors nothing is written, however it shall be repaired.
func (k kind) audit(ctx context.Context, in *vapi.Inspector, holder vapi.Object, how repairing) []Finding {
	found := in.Interceptors(holder)
	if len(found) == 0 {
		return nil
	}
	id, removed, problem := holder.Text("id"), false, ""
	switch how {
	case refuse:
		problem = "the webhook at BACKEND_URL must answer well first, lest tools of our own are taken for strangers"
	case detach:
		err := k.repair(ctx, in, id)
		if removed = err == nil; !removed {
			problem = err.Error() // package vapi's texts name statuses and fields only
		}
	}
	findings := make([]Finding, len(found))
	for i, f := range found {
		findings[i] = Finding{
			Holder: k.name, ID: id, Name: holder.Text("name"), Where: f.Where, Type: f.Type, Tool: f.Name, ToolID: f.ToolID,
			Removed: removed, Problem: problem,
		}
	}
	return findings
}

// repair reads the holder again, since the list may be old by now, writes back what must change, whole, and looks
// whether it really went.
func (k kind) repair(ctx context.Context, in *vapi.Inspector, id string) error {
	before, err := k.get(ctx, id)
	if errors.Is(err, vapi.ErrNotFound) {
		return nil // gone, and all that hung on it
	}
	if err != nil {
		return err
	}
	cleaned, found := in.RemoveInterceptors(before)
	if len(found) == 0 {
		return nil // somebody was faster
	}
	body := vapi.Object{}
	for key, value := range cleaned {
		if !bytes.Equal(value, before[key]) {
			body[key] = value
		}
	}
	for _, key := range k.always {
		if value, there := cleaned[key]; there {
			body[key] = value
		}
	}
	if _, err := k.patch(ctx, id, body); err != nil {
		return err
	}
	after, err := k.get(ctx, id)
	switch {
	case err != nil:
		return err
	case len(in.Interceptors(after)) > 0:
		return errors.New("it is still there after the change")
	}
	return nil
}
