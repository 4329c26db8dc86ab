import Addressing
import YAML

extension FileDecoder {
    /// `dns`, `dns_search` and `dns_opt` of a service; `nil` where it has none of them.
    mutating func resolver(_ fields: Fields, _ what: String) -> Topology.Resolver? {
        let keys = ["dns", "dns_search", "dns_opt"]
        guard keys.contains(where: { fields[$0] != nil }) else { return nil }
        return Topology.Resolver(
            nameservers: textOrTexts(fields["dns"], "dns of \(what)").compactMap { item in
                if let address = IPAddress(item.text) { return address }
                report("dns of \(what) must be an address, not \(quoted(item.text))", at: item.mark)
                return nil
            },
            searchDomains: textOrTexts(fields["dns_search"], "dns_search of \(what)").compactMap { item in
                guard item.text != ".", let problem = NameRule.host.problem(with: item.text) else { return item.text }
                report("search domain \(quoted(item.text)) of \(what) \(problem)", at: item.mark)
                return nil
            },
            options: texts(fields["dns_opt"], "dns_opt of \(what)").compactMap { item in
                if !item.text.isEmpty, !item.text.contains(where: \.isWhitespace) { return item.text }
                report("dns_opt of \(what): \(quoted(item.text)) is no option", at: item.mark)
                return nil
            })
    }

    /// A text, or a list of texts, as Compose takes them where one is usual.
    mutating func textOrTexts(_ node: Node?, _ what: String) -> [(text: String, mark: Mark)] {
        guard let node else { return [] }
        guard case .scalar = node.content else { return texts(node, what) }
        return text(node, what).map { [($0, node.mark)] } ?? []
    }

    /// `links`: `SERVICE` or `SERVICE:ALIAS`.
    mutating func links(_ node: Node?, _ what: String) -> [Topology.Service.Link] {
        texts(node, "links of \(what)").compactMap { item in
            let parts = item.text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let service = String(parts[0])
            let alias = parts.count > 1 ? String(parts[1]) : service
            guard let problem = NameRule.host.problem(with: alias) else {
                return .init(service: service, alias: alias, mark: item.mark)
            }
            report("link alias \(quoted(alias)) of \(what) \(problem)", at: item.mark)
            return nil
        }
    }
}
