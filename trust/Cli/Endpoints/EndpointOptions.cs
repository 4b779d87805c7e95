using System.CommandLine;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Verbs.Policies;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Cli.Endpoints;

/// <summary>The options by which a verb finds a model and knows whom to believe. Each has a variable, so that a demonstration can set them once.</summary>
internal sealed class EndpointOptions
{
    private readonly CommandContext _context;
    private readonly Option<string?> _endpoint = new("--endpoint") { Description = "The address of the model. Default: the variable CFM_ENDPOINT_URL.", HelpName = "URL" };
    private readonly Option<FileInfo?> _policy = new("--policy") { Description = "The owner's signed policy. Default: the variable CFM_POLICY.", HelpName = "FILE" };
    private readonly Option<FileInfo[]> _owners = new("--owner")
    {
        Description = "A public key of the model's owner (PEM), obtained in advance. May be given several times. Default: the variable CFM_OWNER.",
        HelpName = "FILE",
    };

    private readonly Option<FileInfo[]> _roots = new("--development-root")
    {
        Description = "The root of test hardware (PEM), accepted only where the policy allows it. Default: the variable CFM_DEVELOPMENT_ROOT.",
        HelpName = "FILE",
    };

    private readonly Option<FileInfo?> _ca = SharedOptions.Ca();
    private readonly Option<string?> _apiKey = new("--api-key") { Description = "The caller's key. Default: the variable CFM_API_KEY, which other users of the machine cannot see.", HelpName = "KEY" };

    public EndpointOptions(CommandContext context) => _context = context;

    public void AddTo(Command command, bool withEndpoint = true, bool withApiKey = true)
    {
        foreach (Option option in (Option[])[.. withEndpoint ? (Option[])[_endpoint] : [], _policy, _owners, _roots, _ca, .. withApiKey ? (Option[])[_apiKey] : []])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Gets whether any option about a model was given on the command line.</summary>
    public bool AnyGiven(ParseResult parse) => parse.GetValue(_endpoint) is not null || parse.GetValue(_policy) is not null
        || parse.GetValue(_owners) is { Length: > 0 } || parse.GetValue(_roots) is { Length: > 0 } || parse.GetValue(_ca) is not null;

    public ModelTarget Target(ParseResult parse, string? endpoint = null) => new()
    {
        Endpoint = TrustedHttp.Address(endpoint ?? parse.GetValue(_endpoint), _context.Variable("CFM_ENDPOINT_URL"), "the endpoint", "CFM_ENDPOINT_URL"),
        Policy = Policy(parse),
        Owners = Owners(parse),
        DevelopmentRoots = Given(parse.GetValue(_roots), "CFM_DEVELOPMENT_ROOT"),
        Ca = parse.GetValue(_ca),
    };

    /// <summary>Reads the policy and the roots, where there is no endpoint to go with them.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="isUnsigned">Whether the policy is a bare document that nobody signed.</param>
    public (SignedTrustPolicy Policy, TrustRoots Roots) ReadTrust(ParseResult parse, bool isUnsigned)
    {
        FileInfo file = Policy(parse);
        SignedTrustPolicy policy = isUnsigned ? PolicyFile.OpenUnsigned(file) : PolicyFile.Open(file, [.. Owners(parse).Select(InputFile.PublicKey)]);
        return (policy, ModelConnection.Roots(Given(parse.GetValue(_roots), "CFM_DEVELOPMENT_ROOT")));
    }

    public string? ApiKey(ParseResult parse) => parse.GetValue(_apiKey) ?? _context.Variable("CFM_API_KEY");

    private FileInfo Policy(ParseResult parse) => parse.GetValue(_policy) ?? Files("CFM_POLICY").FirstOrDefault()
        ?? throw new CommandRefusedException(RefusalReason.Malformed, "Give --policy or set CFM_POLICY: without the owner's policy no guest can be accepted.");

    private FileInfo[] Owners(ParseResult parse) => Given(parse.GetValue(_owners), "CFM_OWNER") is { Length: > 0 } owners ? owners
        : throw new CommandRefusedException(RefusalReason.Malformed, "Give --owner or set CFM_OWNER: without the owner's key no policy can be accepted.");

    private FileInfo[] Given(FileInfo[]? given, string variable) => given is { Length: > 0 } ? given : Files(variable);

    private FileInfo[] Files(string variable) =>
        [.. (_context.Variable(variable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(path => new FileInfo(path))];
}
