using System.CommandLine;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.CollateralSupply.Fetching;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Collaterals;

/// <summary>Where the vendors' services are, for those who have a caching service of their own.</summary>
internal sealed class ServiceOptions(CommandContext context)
{
    private static readonly CollateralEndpoints s_usual = new();

    private readonly Option<string?> _kds = Address("--kds", "AMD's key distribution service", s_usual.AmdKds);
    private readonly Option<string?> _pcs = Address("--pcs", "Intel's provisioning certification service", s_usual.IntelPcs);
    private readonly Option<string?> _certificates = Address("--intel-certificates", "Intel's certificates", s_usual.IntelCertificates);
    private readonly Option<string?> _rim = Address("--rim-service", "NVIDIA's reference manifests", s_usual.NvidiaRim);
    private readonly Option<string?> _ocsp = Address("--ocsp", "NVIDIA's OCSP responder", s_usual.NvidiaOcsp);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_kds, _pcs, _certificates, _rim, _ocsp])
        {
            command.Options.Add(option);
        }
    }

    public CollateralFetcher Open(ParseResult parse, HttpClient http)
    {
        var endpoints = new CollateralEndpoints
        {
            AmdKds = Given(parse, _kds, s_usual.AmdKds),
            IntelPcs = Given(parse, _pcs, s_usual.IntelPcs),
            IntelCertificates = Given(parse, _certificates, s_usual.IntelCertificates),
            NvidiaRim = Given(parse, _rim, s_usual.NvidiaRim),
            NvidiaOcsp = Given(parse, _ocsp, s_usual.NvidiaOcsp),
        };
        return endpoints.Check() is { } refusal ? throw new CommandRefusedException(refusal)
            : new CollateralFetcher(http, endpoints, new FetchLimits(), context.Time, new SilentObserver());
    }

    private static Option<string?> Address(string name, string what, Uri usual) =>
        new(name) { Description = $"The address of {what}. Default: {usual.AbsoluteUri.TrimEnd('/')}", HelpName = "URL" };

    private static Uri Given(ParseResult parse, Option<string?> option, Uri usual) => parse.GetValue(option) is not { } text ? usual
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? address) ? address
        : throw new CommandRefusedException(RefusalReason.Malformed, $"{option.Name} must be an address.");
}
