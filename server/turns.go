package server

import "context"

// strangersAtOnce is how many requests of a kind for which nobody signs in use the database at once. There are two kinds:
// pushes; and feeds, shared recordings and returning consents. Of at least sixteen connections it leaves the calls theirs,
// whether a stranger floods us or a provider does with pushes about a calendar that is being written. It stands in place of
// a limit per address: providers and subscribers share addresses, and a proxy lends all of them its own, so that one could
// shut the others out.
const strangersAtOnce = 4

// turns lets as many work at a time as it has places.
type turns chan struct{}

// take runs do as soon as there is a place. Errors: busy when ctx ends before that, else do's.
func (t turns) take(ctx context.Context, do func() error) error {
	select {
	case t <- struct{}{}:
		defer func() { <-t }()
		return do()
	case <-ctx.Done():
		return NewError(CodeBusy, sentenceBusy, ctx.Err())
	}
}

// takeSoon is take for a request whose answer may last: only do, and waiting for it, end after apiTimeout.
func (t turns) takeSoon(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	return t.take(ctx, func() error { return do(ctx) })
}
