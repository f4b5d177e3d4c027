package toolsync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const (
	// claimTime is how long one look and one creation may take together: less than the claim's minute, so that none of our
	// requests is under way when somebody else looks.
	claimTime = 45 * time.Second
	// busyTime is how long a registration by another worker is waited for.
	busyTime = 20 * time.Second
	busyPoll = 250 * time.Millisecond
)

// Tool is one of our function tools as it is registered at Vapi.
type Tool struct {
	Name string `json:"name"`
	ID   string `json:"id"`   // Vapi's
	Hash string `json:"hash"` // see [vapi.Definition.Hash]
}

// EnsureTools returns all registered tools, in the definitions' order, after registering those that are missing or have
// changed. There is one tool for each definition at Vapi, whoever asks at once and whoever died while registering:
// registering takes a claim, and looks for what an earlier claimant left before it creates. Native tools are not among
// them: they are written into the assistants. Errors: of Vapi, of the database, or [ErrBusy].
func (s *Syncer) EnsureTools(ctx context.Context) ([]Tool, error) {
	tools := make([]Tool, 0, len(s.functions))
	for _, d := range s.functions {
		tool, err := s.ensureTool(ctx, d)
		if err != nil {
			return nil, fmt.Errorf("tool %s: %w", d.Name, err)
		}
		tools = append(tools, tool)
	}
	return tools, nil
}

func (s *Syncer) ensureTool(ctx context.Context, d vapi.Definition) (Tool, error) {
	body, err := vapi.Registered(d, s.webhook, s.secret)
	if err != nil {
		return Tool{}, err
	}
	r := registration{Syncer: s, name: d.Name, hash: d.Hash(s.webhook, s.secretKeyID), claim: uuid.New(), body: body}
	patience := time.Now().Add(busyTime)
	for failed := 0; ; {
		answer, err := s.db.Platform().ClaimTool(ctx, r.name, r.hash, r.claim)
		if err != nil {
			return Tool{}, fmt.Errorf("claim: %w", err)
		}
		pause := busyPoll
		switch {
		case answer.Outcome == "registered":
			return Tool{Name: r.name, ID: *answer.VapiToolID, Hash: r.hash}, nil
		case answer.Outcome == "busy" && time.Now().After(patience):
			return Tool{}, ErrBusy
		case answer.Outcome == "claimed":
			id, err := r.register(ctx)
			ended := err == nil || ctx.Err() != nil || failed == len(s.waits) || !passing(err)
			if ended && failed > 0 {
				s.metrics.retried(err)
			}
			if ended && err == nil {
				return Tool{Name: r.name, ID: id, Hash: r.hash}, nil
			}
			if ended {
				return Tool{}, r.giveUp(ctx, err)
			}
			pause, failed = s.waits[failed], failed+1
		}
		if err := sleep(ctx, pause); err != nil {
			return Tool{}, err
		}
	}
}

// registration is one tool's, under one claim.
type registration struct {
	*Syncer
	name, hash string
	claim      uuid.UUID
	body       vapi.Object
}

// register finds or makes the tool at Vapi and writes its id down.
func (r registration) register(ctx context.Context) (id string, err error) {
	claimed, cancel := context.WithTimeout(ctx, claimTime)
	defer cancel()
	id, err = r.find(claimed)
	if err != nil {
		return "", err
	}
	if id == "" {
		made, err := r.vapi.CreateTool(claimed, r.body)
		if err != nil {
			return "", fmt.Errorf("create: %w", err)
		}
		id = made.Text("id")
	}
	kept, err := r.db.Platform().RegisterTool(claimed, db.RegisterToolParams{Name: r.name, ClaimID: r.claim, Hash: r.hash, VapiToolID: id})
	if err != nil {
		return "", fmt.Errorf("register: %w", err)
	}
	if !kept {
		return "", errors.New("the claim ran out while it was used")
	}
	r.metrics.registrations.Inc()
	r.log.Info("registered a tool at Vapi", "tool", r.name)
	return id, nil
}

// find looks for a tool that an earlier claimant made and did not live to write down: ours by name, server and secret, and
// of this very definition. Ids that were registered once are none: they may be about to be deleted. "" is none; of several
// it is the oldest.
func (r registration) find(ctx context.Context) (id string, err error) {
	listed, err := r.vapi.ListTools(ctx)
	if err != nil {
		return "", fmt.Errorf("look for an earlier one: %w", err)
	}
	registry, err := r.registry(ctx)
	if err != nil {
		return "", err
	}
	listed = slices.DeleteFunc(listed, func(tool vapi.Object) bool {
		return registry.knows(tool.Text("id")) || !vapi.IsRegistration(tool, r.body)
	})
	if len(listed) == 0 {
		return "", nil
	}
	return slices.MinFunc(listed, byAge).Text("id"), nil
}

// giveUp gives the claim back when surely nothing was made. Else it runs out, and the next claimant looks first.
func (r registration) giveUp(ctx context.Context, err error) error {
	if ctx.Err() != nil || !surelyNot(err) {
		return err
	}
	if released := r.db.Platform().ReleaseToolClaim(ctx, r.name, r.claim); released != nil {
		return errors.Join(err, fmt.Errorf("release the claim: %w", released))
	}
	return err
}

// registry is what we know of all tools that were ever registered.
type registry []db.ToolRegistryRow

func (s *Syncer) registry(ctx context.Context) (registry, error) {
	rows, err := s.db.Platform().ToolRegistry(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the registry of tools: %w", err)
	}
	return rows, nil
}

// ids are all that a tool has or had.
func (r registry) ids() []string {
	var ids []string
	for _, row := range r {
		ids = append(ids, row.RetiredIds...)
		if row.VapiToolID != nil {
			ids = append(ids, *row.VapiToolID)
		}
	}
	return ids
}

func (r registry) knows(id string) bool { return slices.Contains(r.ids(), id) }

// byAge orders what Vapi lists, the oldest first: it writes all times in one form.
func byAge(a, b vapi.Object) int {
	return cmp.Or(cmp.Compare(a.Text("createdAt"), b.Text("createdAt")), cmp.Compare(a.Text("id"), b.Text("id")))
}
