package embedding

// Models are the embedders of this process. A clinic's documents are answered by the model that made their vectors until
// another one has made all of them anew: for that time both are needed.
type Models struct {
	current Embedder
	others  []Embedder
}

// NewModels takes the embedder for new documents, and others whose vectors may still answer.
func NewModels(current Embedder, others ...Embedder) *Models {
	return &Models{current: current, others: others}
}

// IsOffline tells that an embedder asks nobody, so that its vectors take no longer than their arithmetic.
func IsOffline(e Embedder) bool {
	_, is := e.(interface{ offline() })
	return is
}

// Current is the embedder that all documents shall have vectors of.
func (m *Models) Current() Embedder { return m.current }

// Named returns the embedder of a model; nil when this process has none, and for the empty name.
func (m *Models) Named(model string) Embedder {
	for _, e := range append([]Embedder{m.current}, m.others...) {
		if model != "" && e.Model() == model {
			return e
		}
	}
	return nil
}
