package server

import (
	"strconv"

	"github.com/voxanne-ai/voxanne/providers/embedding"
)

// validateEmbedding wants a service with its model, or neither: then documents are compared by their words, on this machine.
func (c *Config) validateEmbedding(complain complainer) {
	if c.EmbeddingBaseURL == "" {
		if c.EmbeddingModel != "" || c.EmbeddingKey != "" || c.EmbeddingPreviousModel != "" {
			complain("EMBEDDING_BASE_URL is not set: EMBEDDING_MODEL, EMBEDDING_PREVIOUS_MODEL and EMBEDDING_API_KEY belong to a service.")
		}
		return
	}
	c.validateURL(complain, "EMBEDDING_BASE_URL", c.EmbeddingBaseURL, "a service that speaks OpenAI's interface, as in https://api.openai.com/v1")
	if c.EmbeddingModel == "" {
		complain("EMBEDDING_MODEL is not set: name the model that EMBEDDING_BASE_URL shall use, as in text-embedding-3-small.")
	}
	c.EmbeddingLength = c.dimensions(complain, "EMBEDDING_DIMENSIONS", c.EmbeddingDimensions)
	if c.EmbeddingPreviousModel != "" {
		c.EmbeddingPreviousLength = c.dimensions(complain, "EMBEDDING_PREVIOUS_DIMENSIONS", c.EmbeddingPreviousDimensions)
	}
}

func (Config) dimensions(complain complainer, name, value string) int {
	length, err := strconv.Atoi(value)
	if err != nil || length < 1 || length > embedding.MaxDimensions {
		complain("%s must be a number from 1 to %d: how many numbers a vector of the model has, as in 1536.", name, embedding.MaxDimensions)
	}
	return length
}
