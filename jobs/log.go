package jobs

import (
	"context"
	"log/slog"
)

// complaints is a log for the queue itself: River tells its counts every few seconds, and what is worth reading is what
// it warns of. The workers' own lines do not come this way.
func complaints(log *slog.Logger) *slog.Logger { return slog.New(atLeastWarn{log.Handler()}) }

// atLeastWarn passes on what is a warning or worse.
type atLeastWarn struct{ slog.Handler }

// Enabled reports whether a record of the level is written.
func (h atLeastWarn) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// WithAttrs and WithGroup keep the level.
func (h atLeastWarn) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeastWarn{h.Handler.WithAttrs(attrs)}
}

func (h atLeastWarn) WithGroup(name string) slog.Handler {
	return atLeastWarn{h.Handler.WithGroup(name)}
}
