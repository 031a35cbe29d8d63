package inbound

import "github.com/postroom/postroom/discover/presets"

// SetPreset has the Syncer take all hosts for those of one provider. It is called before
// anything else.
func (s *Syncer) SetPreset(p presets.Preset) {
	s.presetFor = func(string) presets.Preset { return p }
}
