package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
)

// maxFrames is how much of a panicking stack is logged.
const maxFrames = 24

// recoverPanics turns a panic into an internal error. The log gets the type of
// the panic's value and the stack's function names and lines, never values: a
// value may be a row. When the response has begun the connection is cut, so
// that a half answer does not look like a whole one.
func recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			value := recover()
			if value == nil {
				return
			}
			if value == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
				panic(value)
			}
			LogPanic(r.Context(), value)
			rw, ok := w.(*responseWriter)
			if ok && rw.status != 0 {
				panic(http.ErrAbortHandler)
			}
			WriteError(w, r, NewError(CodeInternal, sentenceInternal, reasonError("panic")))
		}()
		next.ServeHTTP(w, r)
	})
}

// LogPanic logs a recovered value by its type, with the stack; call it from the deferred function itself.
func LogPanic(ctx context.Context, value any) {
	attrs := []slog.Attr{slog.String("panic_type", fmt.Sprintf("%T", value)), slog.Any("stack", stack())}
	if fault, ok := value.(runtime.Error); ok {
		attrs = append(attrs, slog.String("fault", fault.Error())) // nil pointer, index out of range: no values of ours
	}
	Log(ctx).LogAttrs(ctx, slog.LevelError, "panic", attrs...)
}

// stack lists the callers of the panic as "function:line".
func stack() []string {
	pcs := make([]uintptr, maxFrames)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)])
	var lines []string
	for {
		frame, more := frames.Next()
		lines = append(lines, fmt.Sprintf("%s:%d", frame.Function, frame.Line))
		if !more {
			return lines
		}
	}
}
