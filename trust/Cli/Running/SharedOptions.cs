using System.CommandLine;

namespace ConfidentialOperator.Cli.Running;

/// <summary>Options that several verbs have, made the same way each time.</summary>
internal static class SharedOptions
{
    public const string Json = "json";
    public const string Text = "text";

    public static Option<string> Output()
    {
        var option = new Option<string>("--output", "-o") { Description = "How the result is printed.", DefaultValueFactory = _ => Text, HelpName = "json|text" };
        return option.AcceptOnlyFromAmong(Json, Text);
    }

    public static Option<FileInfo> Out(string description) => new("--out") { Description = description, Required = true, HelpName = "FILE" };

    public static Option<FileInfo[]> OwnerKeys() => new("--owner-key")
    {
        Description = "The owner's private key (PEM). May be given several times.",
        Required = true,
        HelpName = "FILE",
    };

    public static Option<FileInfo> OwnerKey() => new("--owner-key") { Description = "The owner's private key (PEM).", Required = true, HelpName = "FILE" };

    public static Option<FileInfo[]> Owners(bool required) => new("--owner")
    {
        Description = "A public key of the model's owner (PEM). May be given several times.",
        Required = required,
        HelpName = "FILE",
    };

    public static Option<FileInfo?> Ca() => new("--ca") { Description = "The certificate authority of an https address (PEM); absent: the system's.", HelpName = "FILE" };

    public static Option<FileInfo?> BrokerCa() => new("--ca")
    {
        Description = "The certificate authority of the key broker (PEM). Default: the variable CFM_BROKER_CA, otherwise the system's.",
        HelpName = "FILE",
    };

    public static Option<string?> Broker() => new("--broker")
    {
        Description = "The address of the key broker. Default: the variable CFM_BROKER_URL.",
        HelpName = "URL",
    };

    public static Option<DateTimeOffset?> NotAfter(string what) => new("--not-after") { Description = $"The end of {what}, such as 2027-06-30T00:00:00Z.", HelpName = "TIME" };

    public static Option<int?> ValidDays(string what) => new("--valid-days") { Description = $"The end of {what}, in days from now.", HelpName = "DAYS" };

    public static bool IsJson(this ParseResult parse, Option<string> output) => parse.GetValue(output) == Json;
}
