package provisioner

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// mark is the name of what a run makes at Vapi, by which it is found again; 39 of the 40 characters that Vapi allows.
func (w *work) mark() string { return "vx-" + w.id.String() }

// giveCredential gives Vapi the clinic's account. Where Vapi has no such endpoint it is skipped: the import carries the
// account as well.
func (w *work) giveCredential(ctx context.Context) (made, error) {
	id, err := w.knownCredential(ctx)
	switch {
	case errors.Is(err, vapi.ErrAbsent):
		return made{skipped: true}, nil
	case err != nil:
		return made{}, err
	}
	body, err := vapi.Encode(map[string]any{
		"provider": "twilio", "accountSid": w.credentials.AccountSID, "authToken": w.credentials.AuthToken, "name": w.mark(),
	})
	if err != nil {
		return made{}, err
	}
	if id != "" {
		_, err = w.Vapi.PatchCredential(ctx, id, body)
		if !immutable(err) {
			return made{id: id}, wrapped("change the credential", err)
		}
		if err = w.deleteCredential(ctx, id); err != nil {
			return made{}, err
		}
	}
	given, err := w.Vapi.CreateCredential(ctx, body)
	if errors.Is(err, vapi.ErrAbsent) {
		return made{skipped: true}, nil
	}
	return made{id: given.Text("id")}, wrapped("give the credential", err)
}

// knownCredential is the id of what an earlier try of this run gave, "" for none. The first try has nothing to look for.
func (w *work) knownCredential(ctx context.Context) (string, error) {
	if id := text(w.task.ExternalID); id != "" || *w.task.Attempts == 1 {
		return id, nil
	}
	found, err := w.markedCredentials(ctx)
	if err != nil || len(found) == 0 {
		return "", err
	}
	for _, twin := range found[1:] {
		if err := w.deleteCredential(ctx, twin); err != nil {
			return "", err
		}
	}
	return found[0], nil
}

func (w *work) markedCredentials(ctx context.Context) (ids []string, err error) {
	listed, err := w.Vapi.ListCredentials(ctx)
	if err != nil {
		return nil, wrapped("look for the credential", err)
	}
	for _, o := range listed {
		if o.Text("name") == w.mark() {
			ids = append(ids, o.Text("id"))
		}
	}
	return ids, nil
}

// takeCredential takes away what this run gave, also what it never learned the id of.
func (w *work) takeCredential(ctx context.Context) (made, error) {
	ids, err := w.markedCredentials(ctx)
	if err != nil && !errors.Is(err, vapi.ErrAbsent) {
		return made{}, err
	}
	if id := text(w.task.ExternalID); id != "" {
		ids = append(ids, id)
	}
	for _, id := range ids {
		if err := w.deleteCredential(ctx, id); err != nil {
			return made{}, err
		}
	}
	return made{}, nil
}

// deleteCredential deletes one that may be gone already.
func (w *work) deleteCredential(ctx context.Context, id string) error {
	if err := w.Vapi.DeleteCredential(ctx, id); err != nil && !errors.Is(err, vapi.ErrNotFound) {
		return fmt.Errorf("delete the credential: %w", err)
	}
	return nil
}

// immutable: the credential is gone, or this Vapi knows no way of changing one.
func immutable(err error) bool {
	var refused *vapi.InvalidError
	return errors.Is(err, vapi.ErrNotFound) || (errors.As(err, &refused) && refused.Status == http.StatusMethodNotAllowed)
}

// wrapped says what was being done; nil stays nil.
func wrapped(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
