// Lets the web catalog of a stack on loopback send what is for AWS's host names to the stack's S3 proxy.
// The signatures stay as they are: the proxy hands on the name that was signed.
(() => {
  const { s3Proxy } = window.QUILT_CATALOG_CONFIG
  const local = (url) => {
    const found = /^https:\/\/([a-z0-9.-]+\.amazonaws\.com)(?::443)?([/?].*)?$/i.exec(String(url))
    return found ? `${s3Proxy}/${found[1].toLowerCase()}${found[2] || '/'}` : url
  }

  const open = XMLHttpRequest.prototype.open
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    return open.call(this, method, local(url), ...rest)
  }
  const fetched = window.fetch
  window.fetch = (resource, ...rest) =>
    fetched.call(window, resource instanceof Request ? resource : local(resource), ...rest)

  // Links, pictures and frames, whether a script sets an attribute or a property.
  const set = Element.prototype.setAttribute
  Element.prototype.setAttribute = function (name, value) {
    return set.call(this, name, /^(href|src|action|data)$/i.test(name) ? local(value) : value)
  }
  for (const [kind, name] of [
    [HTMLAnchorElement, 'href'],
    [HTMLImageElement, 'src'],
    [HTMLIFrameElement, 'src'],
    [HTMLMediaElement, 'src'],
  ]) {
    const property = Object.getOwnPropertyDescriptor(kind.prototype, name)
    Object.defineProperty(kind.prototype, name, {
      ...property,
      set(value) {
        property.set.call(this, local(value))
      },
    })
  }
  const opened = window.open
  window.open = (url, ...rest) => opened.call(window, url && local(url), ...rest)
})()
