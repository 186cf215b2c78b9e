/**
 * The beacon in the block editor: choices in the sidebar, and in their place a card that says what readers will get. The
 * page itself is made by PHP (DGOS_Beacon_Tag). Plain script, as it is shipped.
 */
;(() => {
  const { registerBlockType } = window.wp.blocks
  const { InspectorControls, useBlockProps } = window.wp.blockEditor
  const { CheckboxControl, PanelBody, Placeholder, SelectControl } = window.wp.components
  const { createElement, Fragment } = window.wp.element
  const { __ } = window.wp.i18n
  const { joined, chosen, screen } = window.dgosBeacon ?? { joined: 0, chosen: 0, screen: '' }

  /** In the order in which PHP keeps them. */
  const modes = {
    notice: __('A small card in the corner when a blog is down', 'dgos'),
    links: __('Links to a downed blog lead to its mirror', 'dgos'),
    roll: __('A list of the blogs that are down and still posting', 'dgos'),
    redirect: __('Readers of this blog go to its mirror when this blog itself is declared down', 'dgos'),
  }
  const chosenModes = (text) => Object.keys(modes).filter((mode) => text.split(/[\s,]+/).includes(mode))

  function edit({ attributes, setAttributes }) {
    const now = chosenModes(attributes.mode)
    const set = (mode, wanted) => {
      const next = Object.keys(modes).filter((one) => (one === mode ? wanted : now.includes(one)))
      setAttributes({ mode: next.length === 0 ? 'notice' : next.join(' ') })
    }
    return createElement(
      Fragment,
      null,
      createElement(InspectorControls, null, createElement(Controls, { attributes, setAttributes, now, set })),
      createElement('div', useBlockProps(), createElement(Card, { now, pins: attributes.pins })),
    )
  }

  function Controls({ attributes, setAttributes, now, set }) {
    const boxes = Object.entries(modes).map(([mode, label]) =>
      createElement(CheckboxControl, {
        key: mode,
        label,
        checked: now.includes(mode),
        onChange: (wanted) => set(mode, wanted),
        __nextHasNoMarginBottom: true,
      }),
    )
    const linked = createElement(CheckboxControl, {
      key: 'linked',
      label: __('Only blogs that the page links to', 'dgos'),
      checked: attributes.show === 'linked',
      onChange: (wanted) => setAttributes({ show: wanted ? 'linked' : '' }),
      __nextHasNoMarginBottom: true,
    })
    const pins = createElement(SelectControl, {
      key: 'pins',
      label: __('Whose word it takes', 'dgos'),
      value: attributes.pins,
      options: [
        { value: '', label: __('The joined network’s members, else the chosen ones', 'dgos') },
        { value: 'joined', label: __('The joined network’s members', 'dgos') },
        { value: 'chosen', label: __('The members of the pasted tag', 'dgos') },
      ],
      onChange: (value) => setAttributes({ pins: value }),
      __nextHasNoMarginBottom: true,
      __next40pxDefaultSize: true,
    })
    return createElement(PanelBody, { title: __('What it does', 'dgos') }, boxes, linked, pins)
  }

  /** What readers get, in words: nothing is down while somebody writes. */
  function Card({ now, pins }) {
    const members = pins === 'chosen' ? chosen : pins === 'joined' ? joined : joined || chosen
    const none = __('Nothing is shown yet: this site has not joined a network, and no tag was pasted.', 'dgos')
    const some = __('Readers see nothing while all blogs are well. When one is down:', 'dgos')
    return createElement(
      Placeholder,
      { label: __('Beacon for downed blogs', 'dgos'), instructions: members < 2 ? none : some },
      members < 2
        ? screen && createElement('a', { href: screen }, __('Choose whose word it takes', 'dgos'))
        : createElement(
            'ul',
            null,
            now.map((mode) => createElement('li', { key: mode }, modes[mode])),
          ),
    )
  }

  registerBlockType('dgos/beacon', { edit, save: () => null })
})()
